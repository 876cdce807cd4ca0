//! `CloudWatch`, as far as alarms need it: pictures of metrics, and alarms' tags.

mod widget;

use aws_sdk_cloudwatch::Client;
use jiff::SignedDuration;
use opsroom_application::ports::{Metrics, Picture, PortError, PortErrorKind};
use opsroom_aws_session::{SdkConfig, port_error};
use opsroom_domain::alarm::PlottedMetric;

const IMAGE: &str = "cloudwatch:GetMetricWidgetImage";
const TAGS: &str = "cloudwatch:ListTagsForResource";

/// How much of the past a graph shows, and how much of what came after the moment.
const BEFORE: SignedDuration = SignedDuration::from_hours(3);
const AFTER: SignedDuration = SignedDuration::from_mins(15);

/// `CloudWatch` of one region.
#[derive(Debug, Clone)]
pub struct CloudWatch {
    client: Client,
}

impl CloudWatch {
    /// That of the configuration's region.
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config) }
    }
}

impl Metrics for CloudWatch {
    async fn image(&self, metrics: &[PlottedMetric], picture: &Picture) -> Result<Vec<u8>, PortError> {
        let widget = widget::widget(metrics, picture, BEFORE, AFTER).to_string();
        let got = self.client.get_metric_widget_image().metric_widget(widget).output_format("png").send().await;
        let image = got.map_err(|error| port_error(IMAGE, &error))?.metric_widget_image;
        let image = image.map(aws_sdk_cloudwatch::primitives::Blob::into_inner).unwrap_or_default();
        if image.is_empty() {
            return Err(PortError::new(PortErrorKind::Transient, IMAGE, "no image in the answer"));
        }
        Ok(image)
    }

    async fn tags(&self, alarm_arn: &str) -> Result<Vec<(String, String)>, PortError> {
        let got = self.client.list_tags_for_resource().resource_arn(alarm_arn).send().await;
        let tags = got.map_err(|error| port_error(TAGS, &error))?.tags.unwrap_or_default();
        Ok(tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value?))).collect())
    }
}
