//! Graphs of what an alarm measures, for senders that have no picture of their own: numbers in, PNG out.
//!
//! Drawn with `plotters`; the font travels in the executable, because a function's machine has none. A graph says three things at a glance:
//! how the value went, where the threshold is, and when the alarm changed.

mod axis;

use std::sync::OnceLock;

use opsroom_application::ports::{Picture, Plotter};
use opsroom_domain::alarm::Point;
use plotters::coord::Shift;
use plotters::coord::types::{RangedCoordf64, RangedCoordi64};
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use axis::{marks, number};

/// In pixels. Slack shows pictures about half as wide, so that they are sharp on dense screens.
const SIZE: (u32, u32) = (960, 360);
const FONT: &str = "graph";
const INK: RGBColor = RGBColor(29, 28, 29);
const FAINT: RGBColor = RGBColor(97, 96, 97);
const GRID: RGBColor = RGBColor(232, 232, 232);
const LINE: RGBColor = RGBColor(18, 100, 163);
const ALARM: RGBColor = RGBColor(224, 30, 90);

/// Draws graphs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Graphs;

impl Plotter for Graphs {
    fn draw(&self, points: &[Point], picture: &Picture) -> Option<Vec<u8>> {
        let mut points: Vec<(i64, f64)> =
            points.iter().filter(|point| point.value.is_finite()).map(|point| (point.at.as_second(), point.value)).collect();
        points.sort_by_key(|(at, _)| *at);
        points.dedup_by_key(|(at, _)| *at);
        if points.len() < 2 {
            return None;
        }
        png(&points, picture).inspect_err(|error| tracing::error!(%error, "a graph can't be drawn")).ok()
    }
}

#[derive(Debug, thiserror::Error)]
enum NotDrawn {
    #[error("the font can't be read")]
    Font,
    #[error("drawing: {0}")]
    Drawing(String),
    #[error("encoding: {0}")]
    Encoding(#[from] png::EncodingError),
}

fn png(points: &[(i64, f64)], picture: &Picture) -> Result<Vec<u8>, NotDrawn> {
    font()?;
    let (width, height) = SIZE;
    let mut pixels = vec![0; width as usize * height as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area();
        draw(&area, points, picture).map_err(|error| NotDrawn::Drawing(error.to_string()))?;
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// Registers the font once in a process.
fn font() -> Result<(), NotDrawn> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let register = || register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).is_ok();
    if *REGISTERED.get_or_init(register) { Ok(()) } else { Err(NotDrawn::Font) }
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Failed = DrawingAreaErrorKind<<BitMapBackend<'static> as DrawingBackend>::ErrorType>;

fn draw(area: &Area<'_>, points: &[(i64, f64)], picture: &Picture) -> Result<(), Failed> {
    let threshold = picture.threshold.map(|threshold| threshold.value).filter(|value| value.is_finite());
    let (low, high) = axis::range(points.iter().map(|(_, value)| *value).chain(threshold));
    let moment = picture.moment.as_second();
    let first = points.first().map_or(moment, |(at, _)| *at);
    let last = points.last().map_or(moment, |(at, _)| *at).max(moment.min(first.saturating_add(86_400 * 7)));
    let last = if last > first { last } else { first + 60 };
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(area)
        .margin(14)
        .margin_right(24)
        .caption(axis::cut(&picture.title, 64), (FONT, 30, &INK))
        .x_label_area_size(40)
        .y_label_area_size(92)
        .build_cartesian_2d(first..last, low..high)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .bold_line_style(GRID)
        .axis_style(GRID)
        .label_style((FONT, 24, &FAINT))
        .x_labels(6)
        .y_labels(5)
        .x_label_formatter(&|at| axis::clock(*at, last - first))
        .y_label_formatter(&|value| format!("{}{}", number(*value), spaced(&picture.unit)))
        .draw()?;
    chart.draw_series(AreaSeries::new(points.iter().copied(), low, LINE.mix(0.08)))?;
    chart.draw_series(LineSeries::new(points.iter().copied(), LINE.stroke_width(3)))?;
    if let Some(value) = threshold {
        chart.draw_series(DashedLineSeries::new([(first, value), (last, value)], 8, 6, ALARM.stroke_width(2)))?;
        let above = value < high - (high - low) * 0.12;
        label(&mut chart, (first, value), &format!("threshold {}{}", number(value), spaced(&picture.unit)), above)?;
    }
    if (first..=last).contains(&moment) {
        chart.draw_series(LineSeries::new([(moment, low), (moment, high)], ALARM.mix(0.55).stroke_width(2)))?;
        let value = marks(points, moment);
        chart.draw_series(value.map(|value| Circle::new((moment, value), 6, ALARM.filled())))?;
    }
    area.present()
}

type Chart<'a, 'b> = ChartContext<'a, BitMapBackend<'b>, Cartesian2d<RangedCoordi64, RangedCoordf64>>;

/// A word at the left end of a line, above or below it.
fn label(chart: &mut Chart<'_, '_>, at: (i64, f64), text: &str, above: bool) -> Result<(), Failed> {
    let shift = if above { -30 } else { 8 };
    let word = EmptyElement::at(at) + Text::new(text.to_owned(), (6, shift), (FONT, 24, &ALARM).into_text_style(&SIZE));
    chart.draw_series(std::iter::once(word)).map(|_| ())
}

fn spaced(unit: &str) -> String {
    match unit.trim() {
        "" => String::new(),
        "%" => "%".to_owned(),
        unit => format!(" {}", axis::cut(unit, 8)),
    }
}

#[cfg(test)]
mod tests;
