//! Addresses of pages in the AWS console.

use crate::pipeline_execution::ExecutionKey;

/// The console of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// The region's code, such as `eu-central-1`.
    pub region: String,
}

impl Console {
    /// The page of a pipeline's execution.
    pub fn execution(&self, key: &ExecutionKey) -> String {
        let (region, pipeline, execution) = (&self.region, &key.pipeline, &key.execution);
        format!(
            "https://{region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{pipeline}/executions/{execution}/timeline?region={region}"
        )
    }

    /// The page of an alarm. Its name may hold anything.
    pub fn alarm(&self, name: &str) -> String {
        let region = &self.region;
        format!("https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#alarmsV2:alarm/{}", encoded(name))
    }
}

/// Percent-encoded: what isn't a letter, a digit or one of `-._~` could end the address, or mean something in it.
fn encoded(text: &str) -> String {
    let mut address = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push('%');
            for digit in [byte >> 4, byte & 15] {
                address.push(char::from_digit(u32::from(digit), 16).unwrap_or_default().to_ascii_uppercase());
            }
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarms_name_stays_one_part_of_its_address() {
        let console = Console { region: "eu-west-1".to_owned() };
        let page = console.alarm("5xx > 1 % #1 é/");
        assert_eq!(
            page,
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/5xx%20%3E%201%20%25%20%231%20%C3%A9%2F"
        );
    }
}
