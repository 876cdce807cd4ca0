//! Where the app is spoken to: such a message is a command, however it comes.

/// Whether a text speaks to the app.
pub(super) fn speaks_to(text: &str, app: Option<&str>) -> bool {
    mentions(text).any(|mention| is_of_app(text, mention, app))
}

/// Takes the first mention of the app out, wherever it stands; without the app's id, a mention at the beginning.
pub(super) fn without_mention(text: &str, app: Option<&str>) -> String {
    let text = text.trim();
    let mention = mentions(text).find(|mention| is_of_app(text, *mention, app));
    let Some((start, end)) = mention else { return text.to_owned() };
    let rest = text[end..].trim_start_matches([':', ',']).trim();
    [text[..start].trim(), rest].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// Whether the mention at a place is the app's; without the app's id, the one at the beginning.
fn is_of_app(text: &str, (start, end): (usize, usize), app: Option<&str>) -> bool {
    let id = text[start + 2..end - 1].split('|').next();
    app.map_or(start == 0, |app| id == Some(app))
}

/// Where `<@…>` stand.
fn mentions(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.match_indices("<@").filter_map(move |(start, _)| Some((start, start + text[start..].find('>')? + 1)))
}
