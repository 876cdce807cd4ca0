//! Who may act on incidents.

use super::*;
use crate::test_data::catalog;

#[test]
fn responding_takes_a_grant_that_fits_and_no_room_but_never_a_guest() {
    let mut catalog = catalog();
    let may = |catalog: &Catalog, standing, service: Option<&str>, environment: Option<&str>| {
        let asker = Asker { person: "U1".into(), team: "T1".into(), channel: "C0ANYWHERE".into() };
        let (service, environment) = (service.map(ServiceName::from), environment.map(EnvironmentName::from));
        let wish = Wish::Respond { service: service.as_ref(), environment: environment.as_ref() };
        catalog.decide(&asker, standing, wish).map(|allowed| allowed.role.to_string()).map_err(|denied| denied.to_string())
    };
    let grant = |services: &[&str], environments: &[&str]| Grant {
        allow: vec![Permission::Respond],
        services: services.iter().map(|&name| name.into()).collect(),
        environments: environments.iter().map(|&name| name.into()).collect(),
    };
    let known = (Some("api"), Some("production"));
    let refused = may(&catalog, Standing::Member, known.0, known.1).unwrap_err();
    assert_eq!(refused, "none of your roles (operator) allows to respond to incidents of api in production");
    for (grants, service, environment, allowed) in [
        (grant(&[], &[]), Some("api"), Some("production"), true),
        (grant(&[], &[]), None, None, true),
        (grant(&["api"], &[]), Some("api"), None, true),
        (grant(&["api"], &[]), None, Some("production"), false),
        (grant(&["api"], &["staging"]), Some("api"), Some("production"), false),
        (grant(&["web"], &[]), Some("api"), None, false),
    ] {
        catalog.roles[0].grants = vec![grants];
        assert_eq!(may(&catalog, Standing::Member, service, environment).is_ok(), allowed, "{service:?} {environment:?}");
    }
    catalog.roles[0].grants = vec![grant(&[], &[])];
    for standing in [Standing::Guest, Standing::Deactivated, Standing::Bot] {
        assert!(may(&catalog, standing, Some("api"), None).is_err());
    }
}

#[test]
fn running_the_dj_room_takes_its_permission_wherever_it_is_asked() {
    let mut catalog = catalog();
    let may = |catalog: &Catalog, standing| {
        let asker = Asker { person: "U1".into(), team: "T1".into(), channel: "C0ANYWHERE".into() };
        catalog.decide(&asker, standing, Wish::Dj).map(|allowed| allowed.role.to_string()).map_err(|denied| denied.to_string())
    };
    let refused = may(&catalog, Standing::Member).unwrap_err();
    assert_eq!(refused, "none of your roles (operator) allows to dj the music");
    catalog.roles[0].grants.push(serde_json::from_str(r#"{"allow": ["dj"]}"#).unwrap());
    assert_eq!(may(&catalog, Standing::Member), Ok("operator".to_owned()));
    assert!(may(&catalog, Standing::Guest).is_err());
}
