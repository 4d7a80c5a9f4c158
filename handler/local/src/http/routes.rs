//! Which HTTP function answers a request: the first by name whose route and methods match.

use super::template::Template;
use crate::config::{Function, Trigger};
use http::Method;
use std::sync::Arc;

#[derive(Debug)]
struct Route {
    template: Template,
    methods: Option<Vec<Method>>,
    function: Arc<Function>,
}

/// All routes, in the order of precedence.
#[derive(Debug, Default)]
pub struct Routes(Vec<Route>);

impl Routes {
    /// The routes of `functions`, which come sorted by name. Precedence is that order and not how specific a route
    /// is, as on the platform; a catch-all must sort last.
    #[must_use]
    pub fn new(functions: &[Arc<Function>]) -> Self {
        let route = |function: &Arc<Function>| match &function.trigger {
            Trigger::Http { route, methods } => {
                Some(Route { template: route.clone(), methods: methods.clone(), function: function.clone() })
            }
            Trigger::Queue { .. } | Trigger::Timer { .. } => None,
        };
        Self(functions.iter().filter_map(route).collect())
    }

    /// The function for a request. A route whose methods do not match is passed over.
    #[must_use]
    pub fn find(&self, method: &Method, path: &str) -> Option<&Arc<Function>> {
        let takes = |route: &&Route| {
            route.methods.as_ref().is_none_or(|methods| methods.contains(method))
                && route.template.matches(path)
        };
        self.0.iter().find(takes).map(|route| &route.function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(all: &[(&str, &str, &[Method])]) -> Routes {
        let function = |(name, route, methods): &(&str, &str, &[Method])| {
            let methods = (!methods.is_empty()).then(|| methods.to_vec());
            let trigger = Trigger::Http { route: Template::parse("", route).unwrap(), methods };
            let name = (*name).to_owned();
            Arc::new(Function { trigger_name: "req".to_owned(), name, trigger, outputs: Vec::new() })
        };
        Routes::new(&all.iter().map(function).collect::<Vec<_>>())
    }

    #[test]
    fn the_name_decides_not_how_specific_a_route_is() {
        let r = routes(&[("a", "{*path}", &[]), ("b", "api/jobs", &[])]);
        assert_eq!(r.find(&Method::GET, "/api/jobs").map(|f| f.name.as_str()), Some("a"));
    }

    #[test]
    fn another_method_falls_to_the_next_function() {
        let r = routes(&[("api", "api/{*p}", &[Method::POST]), ("zz", "{*p}", &[Method::GET])]);
        let name = |m: Method| r.find(&m, "/api/x").map(|f| f.name.as_str());
        assert_eq!(name(Method::POST), Some("api"));
        assert_eq!(name(Method::GET), Some("zz"));
        assert_eq!(name(Method::DELETE), None);
    }
}
