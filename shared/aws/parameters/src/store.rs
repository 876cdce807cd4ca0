//! The calls.

use aws_sdk_ssm::Client;
use opsroom_application::ports::PortError;
use opsroom_aws_session::port_error;

use crate::cache::Values;
use crate::names::SecretName;

/// Reads all parameters in one call (it takes ten). One that doesn't exist is left out.
pub(crate) async fn get_parameters(client: &Client, prefix: &str, names: &[SecretName]) -> Result<Values, PortError> {
    let full: Vec<String> = names.iter().map(|name| name.below(prefix)).collect();
    let got = client.get_parameters().set_names(Some(full.clone())).with_decryption(true).send().await;
    let found = got.map_err(|error| port_error("ssm:GetParameters", &error))?.parameters.unwrap_or_default();
    let values = found.into_iter().filter_map(|parameter| {
        let position = full.iter().position(|name| Some(name) == parameter.name.as_ref())?;
        Some((names[position], parameter.value.filter(|value| !value.is_empty())?))
    });
    Ok(values.collect())
}
