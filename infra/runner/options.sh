# Fills the array `options` from ELB_BLAST_OPTIONS, one argument to an element. All words of the value of -outfmt are
# one argument, up to the next option; every other word is one of its own. Nothing is expanded.
options=()
set -f
in_outfmt=""
for word in $ELB_BLAST_OPTIONS; do
    case "$word" in
        -outfmt)
            options+=("$word")
            in_outfmt="first"
            ;;
        -[a-zA-Z]*)
            options+=("$word")
            in_outfmt=""
            ;;
        *)
            if [[ "$in_outfmt" == "more" ]]; then
                options[${#options[@]}-1]+=" $word"
            else
                options+=("$word")
                [[ -n "$in_outfmt" ]] && in_outfmt="more"
            fi
            ;;
    esac
done
set +f
