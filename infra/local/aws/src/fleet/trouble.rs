//! What can be wrong with a host, on order: files that the host's programs look for.

use std::io;

use serde::Deserialize;

use super::folder::Folder;

/// Something that is wrong from now on.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trouble {
    /// The root disk is this full, in percent.
    DiskFull {
        /// How full.
        percent: u8,
    },
    /// The load is this high.
    Load {
        /// Of the last minute.
        one: f64,
    },
    /// The clock is this far off, in seconds.
    ClockSkew {
        /// Fast if positive.
        seconds: f64,
    },
    /// A unit ends right after it has started.
    UnitFails {
        /// The unit; the host's own if it is not named.
        unit: Option<String>,
    },
    /// A program does not end.
    Hang {
        /// The program.
        program: String,
    },
    /// A program says so many bytes first.
    Flood {
        /// The program.
        program: String,
        /// How many.
        bytes: u64,
    },
    /// A program says bytes that are no UTF-8 first.
    Garbage {
        /// The program.
        program: String,
    },
    /// A program says this and ends so, whatever it is asked.
    Output {
        /// The program.
        program: String,
        /// What it says.
        text: String,
        /// Its exit code.
        #[serde(default)]
        status: u8,
    },
}

impl Trouble {
    /// Makes it so.
    pub fn make(&self, folder: &Folder, own_unit: &str) -> io::Result<()> {
        let write = |name: &str, text: &str| std::fs::write(folder.trouble(name), text);
        // A program's name becomes a file's name.
        let plain = |program: &str| {
            let fits = !program.is_empty() && program.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte));
            if fits { Ok(program.to_owned()) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "not a program's name")) }
        };
        match self {
            Trouble::DiskFull { percent } => write("disk", &percent.to_string()),
            Trouble::Load { one } => write("load", &format!("{one:.2}")),
            Trouble::ClockSkew { seconds } => write("clock", &format!("{seconds:.6}")),
            Trouble::UnitFails { unit } => write(&format!("unit.{}", plain(unit.as_deref().unwrap_or(own_unit))?), ""),
            Trouble::Hang { program } => write(&format!("{}.hang", plain(program)?), ""),
            Trouble::Flood { program, bytes } => write(&format!("{}.flood", plain(program)?), &bytes.to_string()),
            Trouble::Garbage { program } => write(&format!("{}.garbage", plain(program)?), ""),
            Trouble::Output { program, text, status } => {
                let program = plain(program)?;
                write(&format!("{program}.status"), &status.to_string())?;
                write(&format!("{program}.output"), text)
            }
        }
    }
}
