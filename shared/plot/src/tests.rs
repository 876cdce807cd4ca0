//! Pictures are looked at pixel by pixel where they must show something: the line, the threshold, the moment.

use jiff::Timestamp;
use opsroom_domain::alarm::{Comparison, Threshold};

use super::axis::{clock, number, range};
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn picture(threshold: Option<f64>) -> Picture {
    let threshold = threshold.map(|value| Threshold { wrong_if: Comparison::Above, value });
    Picture { title: "5XXError (Sum) <api> über 10".into(), threshold, moment: at(5400), unit: "%".into() }
}

fn rising() -> Vec<Point> {
    (0..100).map(|n| Point { at: at(n * 60), value: f64::from(u32::try_from(n).unwrap()) / 4.0 }).collect()
}

/// The picture's pixels, as the decoder of somebody else reads them.
fn pixels(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut buffer).unwrap();
    (info.width, info.height, buffer)
}

fn count(pixels: &[u8], colour: RGBColor) -> usize {
    pixels.chunks(3).filter(|pixel| **pixel == [colour.0, colour.1, colour.2]).count()
}

#[test]
fn shows_the_line_the_bound_and_the_moment() {
    let (width, height, bounded) = pixels(&Graphs.draw(&rising(), &picture(Some(10.0))).unwrap());
    assert_eq!((width, height), SIZE);
    let (_, _, plain) = pixels(&Graphs.draw(&rising(), &picture(None)).unwrap());
    assert!(count(&bounded, LINE) > 1000, "the line is there");
    assert!(count(&bounded, ALARM) > count(&plain, ALARM) + 500, "the threshold is there");
    assert!(count(&plain, ALARM) > 50, "the moment is there");
    // The title was drawn, so the font works.
    let top = &bounded[..(width * 40 * 3) as usize];
    assert!(top.chunks(3).any(|pixel| pixel[0] < 90), "the title is there");
}

#[test]
fn what_is_no_graph_is_not_drawn() {
    let nan = |n| Point { at: at(n), value: f64::NAN };
    assert_eq!(Graphs.draw(&[], &picture(None)), None);
    assert_eq!(Graphs.draw(&rising()[..1], &picture(Some(1.0))), None);
    assert_eq!(Graphs.draw(&[nan(1), nan(2), nan(3)], &picture(None)), None);
    assert_eq!(Graphs.draw(&[rising()[0], rising()[0]], &picture(None)), None);
}

#[test]
fn odd_numbers_make_a_picture_all_the_same() {
    let flat: Vec<Point> = (0..5).map(|n| Point { at: at(n), value: 3.0 }).collect();
    let huge: Vec<Point> = (0..5).map(|n| Point { at: at(n), value: if n % 2 == 0 { 1e300 } else { -1e300 } }).collect();
    let mut reversed = rising();
    reversed.reverse();
    for points in [flat, huge, reversed] {
        for threshold in [None, Some(f64::INFINITY), Some(-4.0)] {
            let drawn = Graphs.draw(&points, &Picture { title: "x".repeat(500), ..picture(threshold) });
            assert!(drawn.is_some_and(|png| png.len() > 1000));
        }
    }
}

#[test]
fn numbers_and_moments_are_short() {
    for (value, text) in
        [(0.0, "0"), (12.5, "12.5"), (12.0, "12"), (0.034, "0.034"), (1234.5, "1234"), (56_000.0, "56k"), (2.5e6, "2.5M"), (-3.0, "-3")]
    {
        assert_eq!(number(value), text);
    }
    assert_eq!(clock(1_795_000_000, 3600), "11:06 UTC");
    assert_eq!(clock(1_795_000_000, 200_000), "18 Nov 11:06");
    assert_eq!(range([5.0, 8.0].into_iter()), (4.7, 8.3));
    assert_eq!(range([1.0, 11.0].into_iter()), (0.0, 12.1));
    assert_eq!(range(std::iter::empty()), (0.0, 1.0));
}
