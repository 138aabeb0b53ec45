//! The words that recommend a newer release to a customer.
use super::verdicts::says;
use crate::customers::Life;
use crate::products::rules::{Stage, Standing};

/// The release to go to.
pub struct Recommended {
    /// Product and version, such as `Ferrywell Transfer 5.9.2`.
    pub name: String,
    /// How its line of the life-cycle table stands; `None`: it is in none.
    pub standing: Option<Standing>,
    /// Where its line of the table says what is new.
    pub notes: Option<String>,
    /// Our page of the product's releases and their lives, where it has one.
    pub page: Option<String>,
}

/// What stands badly of an installation, and the release to go to. `None`: there is neither.
pub fn recommendation(lives: &[Life], release: Option<&Recommended>) -> Option<String> {
    let over = |life: &&Life| matches!(life.standing.stage, Stage::Ended | Stage::Ending | Stage::SecurityOnly);
    let told = |life: &Life| {
        let line = if life.version == life.cycle { String::new() } else { format!(": {}", life.cycle) };
        format!("- {} {}{line} {}.", life.name, life.version, says(&life.standing))
    };
    let badly: Vec<String> = lives.iter().filter(over).map(told).collect();
    if badly.is_empty() && release.is_none() {
        return None;
    }
    let mut parts = vec!["Hello {{first name}},".to_owned()];
    if !badly.is_empty() {
        parts.push(format!(
            "this is what we know of your installation, and until when it is supported:\n\n{}",
            badly.join("\n")
        ));
    }
    if let Some(release) = release {
        let standing = release.standing.as_ref().map(|standing| format!(", which {}", says(standing)));
        parts.push(format!("We recommend an upgrade to {}{}.", release.name, standing.unwrap_or_default()));
        parts.extend(release.notes.as_ref().map(|notes| format!("What is new in it:\n{notes}")));
        let page = release.page.as_ref();
        parts.extend(page.map(|page| format!("Its releases, and until when each version is supported:\n{page}")));
    }
    Some(parts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::rules::Lifespan;

    fn standing(stage: Stage, words: &str) -> Standing {
        Standing { stage, until: None, days_left: None, words: words.into(), reason: String::new() }
    }

    fn life(name: &str, version: &str, stage: Stage, words: &str) -> Life {
        Life {
            field: "product_version".into(),
            name: name.into(),
            version: version.into(),
            cycle: version[..3].into(),
            own: true,
            standing: standing(stage, words),
            lifespan: Lifespan::default(),
        }
    }

    #[test]
    fn what_stands_badly_is_named_with_the_release_to_go_to() {
        let lives = [
            life("Ferrywell", "5.1.3", Stage::Ended, "ended on 30 June 2025"),
            life("OpenJDK", "21.0", Stage::Supported, "supported until 1 May 2029"),
        ];
        let release = Recommended {
            name: "Ferrywell 6.0.1".into(),
            standing: Some(standing(Stage::Supported, "supported until 30 June 2029")),
            notes: Some("https://ferrywell.example/6.0/notes".into()),
            page: Some("https://desk.example/life-cycle/ferrywell#release-4".into()),
        };
        let text = recommendation(&lives, Some(&release)).unwrap();
        for words in [
            "- Ferrywell 5.1.3: 5.1 ended on 30 June 2025.",
            "We recommend an upgrade to Ferrywell 6.0.1, which is supported until 30 June 2029.",
            "What is new in it:\nhttps://ferrywell.example/6.0/notes",
            "#release-4",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("OpenJDK"), "what is supported is not told");
        let alone = recommendation(&lives[1..], Some(&release)).unwrap();
        assert!(alone.starts_with("Hello {{first name}},\n\nWe recommend"), "{alone}");
        assert!(!recommendation(&lives, None).unwrap().contains("recommend"));
        assert_eq!(recommendation(&lives[1..], None), None);
    }
}
