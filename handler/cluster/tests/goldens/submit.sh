set -o pipefail

az login --service-principal -u "$AZURE_CLIENT_ID" -t "$AZURE_TENANT_ID" \
    --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")" -o none &&
    az account set -s "$AZURE_SUBSCRIPTION_ID" || exit 7

elastic-blast submit --cfg - --json --idempotency-key "$ELB_ID" --correlation-id "$ELB_ID" \
    --logfile stderr --loglevel INFO < /cfg/elastic-blast.ini | tee "$HOME/submit.out"
ended=${PIPESTATUS[0]}

# What may be the answer, the last of it last; who reads it takes the last line that is JSON.
grep -a '^{.*}[[:space:]]*$' "$HOME/submit.out" | tail -n 4 | tail -c 4000 > /dev/termination-log
exit "$ended"
