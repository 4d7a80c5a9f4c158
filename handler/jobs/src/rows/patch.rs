use crate::ports::{Entity, Prop};

/// The patch that turns one form of a row into another: what changed, and an empty text for what is gone. `None` when
/// nothing changed.
pub fn difference(before: &Entity, after: &Entity) -> Option<Entity> {
    let mut patch = Entity::new(after.pk.clone(), after.rk.clone());
    for (name, value) in &after.props {
        if before.props.get(name) != Some(value) {
            patch.props.insert(name.clone(), value.clone());
        }
    }
    for (name, value) in &before.props {
        let already_gone = matches!(value, Prop::Text(text) if text.is_empty());
        if !after.props.contains_key(name) && !already_gone {
            patch.props.insert(name.clone(), Prop::Text(String::new()));
        }
    }
    (!patch.props.is_empty()).then_some(patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_holds_only_what_changed_and_clears_what_is_gone() {
        let before = Entity::new("p", "r").text("a", "1").int("b", 2).text("c", "3");
        let after = Entity::new("p", "r").text("a", "1").int("b", 5);
        let patch = difference(&before, &after).unwrap();
        assert_eq!(patch, Entity::new("p", "r").int("b", 5).text("c", ""));
        assert_eq!(difference(&after, &after), None);
    }
}
