use crate::{ConnectError, error::kubeconfig_problem};
use kube::config::{AuthInfo, Kubeconfig};
use std::path::Path;

/// The contexts of a kubeconfig.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contexts {
    /// Their names.
    pub names: Vec<String>,
    /// The one that a command without a context would use.
    pub current: Option<String>,
}

/// Reads which clusters a kubeconfig leads to.
pub fn read_contexts(path: &Path) -> Result<Contexts, ConnectError> {
    let refuse = |problem| ConnectError::Kubeconfig { path: path.display().to_string(), problem };
    let file = Kubeconfig::read_from(path).map_err(|error| refuse(kubeconfig_problem(&error)))?;
    if file.contexts.is_empty() {
        return Err(refuse("it has no context".to_owned()));
    }
    let names = file.contexts.into_iter().map(|context| context.name).collect();
    Ok(Contexts { names, current: file.current_context.filter(|name| !name.is_empty()) })
}

/// Whether the current context's user would start a program to sign in with Entra. If so, that is taken out: we sign in
/// ourselves. Server and certificate authority stay as they are. A user with a certificate or token of its own keeps it.
pub fn sign_in_is_ours(file: &mut Kubeconfig) -> bool {
    let current = file.current_context.as_deref();
    let context = file.contexts.iter().find(|context| Some(context.name.as_str()) == current);
    let Some(user) = context.and_then(|context| context.context.as_ref()?.user.clone()) else { return false };
    let named = file.auth_infos.iter_mut().find(|info| info.name == user);
    let Some(info) = named.and_then(|info| info.auth_info.as_mut()) else { return false };
    let entra = names_entra(info);
    if entra {
        info.exec = None;
        info.auth_provider = None;
    }
    entra
}

fn names_entra(info: &AuthInfo) -> bool {
    let program = info.exec.as_ref().and_then(|exec| exec.command.as_deref()).unwrap_or_default();
    let provider = info.auth_provider.as_ref().map(|provider| provider.name.as_str());
    program.rsplit(['/', '\\']).next().is_some_and(|name| name.starts_with("kubelogin"))
        || provider == Some("azure")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(user: &str) -> Kubeconfig {
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: a\n\
             clusters: [{{name: c, cluster: {{server: 'https://127.0.0.1:1'}}}}]\n\
             contexts: [{{name: a, context: {{cluster: c, user: u}}}}, {{name: b, context: {{cluster: c, user: v}}}}]\n\
             users: [{{name: u, user: {user}}}, {{name: v, user: {{token: t}}}}]\n"
        );
        Kubeconfig::from_yaml(&text).unwrap()
    }

    const KUBELOGIN: &str = "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: /usr/bin/kubelogin, args: [get-token]}}";

    #[test]
    fn a_sign_in_program_for_entra_is_taken_out_and_nothing_else() {
        let mut entra = file(KUBELOGIN);
        assert!(sign_in_is_ours(&mut entra));
        assert!(entra.auth_infos[0].auth_info.as_ref().unwrap().exec.is_none());
        let mut provider = file("{auth-provider: {name: azure, config: {}}}");
        assert!(sign_in_is_ours(&mut provider));
    }

    #[test]
    fn another_way_to_sign_in_stays() {
        for user in ["{token: t}", "{client-certificate-data: YQ==, client-key-data: YQ==}"] {
            assert!(!sign_in_is_ours(&mut file(user)), "{user}");
        }
        let mut other = file("{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}}");
        assert!(!sign_in_is_ours(&mut other));
        assert!(other.auth_infos[0].auth_info.as_ref().unwrap().exec.is_some());
    }

    #[test]
    fn only_the_current_contexts_user_counts() {
        let mut other = file(KUBELOGIN);
        other.current_context = Some("b".to_owned());
        assert!(!sign_in_is_ours(&mut other));
    }
}
