//! The tables, as Markdown.

use std::fmt::Write;

use crate::expectations::judge;
use crate::figures::Figures;
use crate::scenarios::Role;
use crate::statistics::Summary;

/// What a reader must know of a run to compare it with another.
#[derive(Debug)]
pub struct Circumstances {
    /// The day of the run.
    pub date: String,
    /// The processor's name.
    pub processor: String,
    /// The one processor that everything ran on.
    pub cpu: usize,
    /// Processes that wanted a processor when the run began (the first number of `/proc/loadavg`).
    pub load: String,
    /// Starts of each function.
    pub cold_starts: u32,
    /// Warm events of each function.
    pub warm_events: u32,
    /// Certificates in the functions' trust store.
    pub authorities: usize,
}

/// Writes the tables: what was measured, what it is beside the reference, what was expected.
pub fn render(circumstances: &Circumstances, functions: &[Figures]) -> String {
    let mut text = String::new();
    preface(&mut text, circumstances);
    measurements(&mut text, functions);
    network(&mut text, functions);
    let reference = functions.iter().find(|function| function.role == Role::Reference);
    if let Some(reference) = reference {
        ratios(&mut text, functions, reference);
        expectations(&mut text, functions, reference);
    }
    text
}

/// Writing to a `String` cannot fail.
fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
    text.push('\n');
}

fn preface(text: &mut String, run: &Circumstances) {
    line(text, format_args!("# Benchmarks\n"));
    line(
        text,
        format_args!(
            "Made by `make bench` on {date}, on one core ({processor}, CPU {cpu}, load {load} at the start): {cold} cold \
             starts and {warm} warm events of each function, interleaved; {authorities} certificates in the trust store. \
             Ratios hold from machine to machine, milliseconds do not. How it is measured, and what the numbers do not \
             say: [tests/bench/README.md](../tests/bench/README.md).\n",
            date = run.date,
            processor = run.processor,
            cpu = run.cpu,
            load = run.load,
            cold = run.cold_starts,
            warm = run.warm_events,
            authorities = run.authorities,
        ),
    );
}

fn measurements(text: &mut String, functions: &[Figures]) {
    line(text, format_args!("## Measured\n"));
    line(
        text,
        format_args!(
            "Medians, with the quartiles in brackets; milliseconds and MiB.\n\n\
             | function | binary | zipped | start-up | first event | its CPU | warm event | its CPU | peak memory |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        ),
    );
    for function in functions {
        line(
            text,
            format_args!(
                "| {} | {:.1} | {:.1} | {} | {} | {} | {} | {} | {} |",
                function.name,
                function.binary,
                function.zipped,
                spread(function.start_up, 2),
                spread(function.first, 2),
                spread(function.first_processor, 2),
                spread(function.warm, 3),
                spread(function.warm_processor, 3),
                spread(function.peak_memory, 1),
            ),
        );
    }
}

fn network(text: &mut String, functions: &[Figures]) {
    line(text, format_args!("\n## On the network\n"));
    line(
        text,
        format_args!(
            "Medians per start or event.\n\n\
             | function | connections at start | in first event | in warm event | AWS calls at start | in first event | \
             in warm event | Slack calls in warm event |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        ),
    );
    for function in functions {
        let network = &function.network;
        line(
            text,
            format_args!(
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                function.name,
                network.connections_at_start,
                network.connections_first,
                network.connections_warm,
                network.aws_at_start,
                network.aws_first,
                network.aws_warm,
                network.slack_warm,
            ),
        );
    }
}

fn ratios(text: &mut String, functions: &[Figures], reference: &Figures) {
    line(
        text,
        format_args!(
            "\n## Beside `{}`\n\n\
             | function | zipped | start-up | first event | its CPU | warm event | its CPU | peak memory |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            reference.name
        ),
    );
    for function in functions {
        let times = |of: fn(&Figures) -> f64| format!("{:.2}×", of(function) / of(reference));
        line(
            text,
            format_args!(
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                function.name,
                times(|figures| figures.zipped),
                times(|figures| figures.start_up.median),
                times(|figures| figures.first.median),
                times(|figures| figures.first_processor.median),
                times(|figures| figures.warm.median),
                times(|figures| figures.warm_processor.median),
                times(|figures| figures.peak_memory.median),
            ),
        );
    }
}

fn expectations(text: &mut String, functions: &[Figures], reference: &Figures) {
    let judged = functions
        .iter()
        .flat_map(|function| judge(function, reference).into_iter().map(move |verdict| (function, verdict)))
        .collect::<Vec<_>>();
    if judged.is_empty() {
        return;
    }
    line(
        text,
        format_args!(
            "\n## Expected\n\n\
             | function | what | measured | at most | |\n\
             | --- | --- | ---: | ---: | --- |"
        ),
    );
    for (function, verdict) in judged {
        line(
            text,
            format_args!(
                "| {} | {} | {:.2}{unit} | {:.1}{unit} | {} |",
                function.name,
                verdict.subject,
                verdict.measured,
                verdict.bound,
                if verdict.met() { "met" } else { "**not met**" },
                unit = verdict.unit,
            ),
        );
    }
}

fn spread(summary: Summary, digits: usize) -> String {
    format!("{:.digits$} [{:.digits$}–{:.digits$}]", summary.median, summary.lower_quartile, summary.upper_quartile)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::figures::Network;

    /// A function with plain numbers, which costs what every other such function costs.
    pub(crate) fn figures(name: &str, role: Role) -> Figures {
        let around = |median: f64| Summary { lower_quartile: median * 0.9, median, upper_quartile: median * 1.2 };
        Figures {
            name: name.to_owned(),
            role,
            binary: 6.4,
            zipped: 2.7,
            start_up: around(2.6),
            first: around(2.1),
            first_processor: around(1.5),
            warm: around(0.16),
            warm_processor: around(0.1),
            peak_memory: around(7.9),
            network: Network {
                connections_at_start: 0.0,
                connections_first: 1.0,
                connections_warm: 0.0,
                aws_at_start: 0.0,
                aws_first: 1.0,
                aws_warm: 1.0,
                slack_warm: 0.0,
                hosts_first: 1.0,
            },
        }
    }

    fn circumstances() -> Circumstances {
        Circumstances {
            date: "2026-01-02".to_owned(),
            processor: "A Processor".to_owned(),
            cpu: 1,
            load: "0.10".to_owned(),
            cold_starts: 15,
            warm_events: 300,
            authorities: 141,
        }
    }

    #[test]
    fn every_row_of_a_table_has_its_columns() {
        let mut slow = figures("worker", Role::Worker);
        slow.start_up.median = 26.0;
        let text = render(&circumstances(), &[figures("reference-sdk", Role::Reference), slow]);
        let mut columns = None;
        for row in text.lines() {
            let count = row.matches('|').count();
            match columns {
                _ if count == 0 => columns = None,
                None => columns = Some(count),
                Some(expected) => assert_eq!(count, expected, "{row}"),
            }
        }
    }

    #[test]
    fn medians_spreads_ratios_and_verdicts_are_told() {
        let mut slow = figures("worker", Role::Worker);
        slow.start_up.median = 26.0;
        let text = render(&circumstances(), &[figures("reference-sdk", Role::Reference), slow]);
        assert!(text.contains(
            "| reference-sdk | 6.4 | 2.7 | 2.60 [2.34–3.12] | 2.10 [1.89–2.52] | 1.50 [1.35–1.80] | \
             0.160 [0.144–0.192] | 0.100 [0.090–0.120] | 7.9 [7.1–9.5] |"
        ));
        assert!(text.contains("| worker | 1.00× | 10.00× | 1.00× |"));
        assert!(text.contains("| worker | start-up | 10.00× | 1.5× | **not met** |"));
        assert!(text.contains("| worker | archive | 2.70 MiB | 4.0 MiB | met |"));
        assert!(!text.contains("| reference-sdk | start-up |"));
    }

    #[test]
    fn without_the_reference_nothing_is_compared() {
        let text = render(&circumstances(), &[figures("worker", Role::Worker)]);
        assert!(text.contains("## Measured"));
        assert!(!text.contains("## Expected"));
    }
}
