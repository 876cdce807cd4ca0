//! The executable as it is uploaded: its size, and the size of the archive that Lambda is given.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::failure::Failure;

/// Sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Artifact {
    /// The executable.
    pub binary: u64,
    /// The archive with the executable as `bootstrap`, as `sam build` makes it.
    pub zipped: u64,
}

impl Artifact {
    /// Weighs an executable.
    pub fn weigh(path: &Path) -> Result<Self, Failure> {
        let content = fs::read(path).map_err(|error| Failure::io(path.display(), &error))?;
        let archive = archive(&content).map_err(|error| Failure::Machine(format!("zipping {}: {error}", path.display())))?;
        Ok(Self { binary: content.len() as u64, zipped: archive.len() as u64 })
    }
}

fn archive(content: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated).unix_permissions(0o755);
    writer.start_file("bootstrap", options)?;
    writer.write_all(content)?;
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_packed() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("function");
        fs::write(&path, vec![7; 100_000]).expect("a file");
        let artifact = Artifact::weigh(&path).expect("sizes");
        assert_eq!(artifact.binary, 100_000);
        assert!((100..2_000).contains(&artifact.zipped), "{artifact:?}");
    }
}
