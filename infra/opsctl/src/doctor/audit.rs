//! Is the audit log as it was written?

use aws_config::SdkConfig;
use opsroom_aws_table::{AuditTable, Chain};

use super::findings::Findings;
use crate::audit::verify::words;
use crate::stack::{Stack, output};

const MEND: &str = "the log can't be mended, and what follows that entry proves nothing about what came before it: restore the audit table to \
                    a new one from before the change (DynamoDB, point-in-time recovery) and compare; CloudTrail's data events, if they are \
                    kept, say who wrote it";

/// Walks the log from its first entry on.
pub(super) async fn check(config: &SdkConfig, stack: &Stack, found: &mut Findings) {
    let Some(table) = found.unless_failed("audit log", stack.output(output::AUDIT_TABLE)) else { return };
    if let Some(chain) = found.unless_failed("audit log", AuditTable::new(config, table).check_chain().await) {
        tell(chain, found);
    }
}

fn tell(chain: Chain, found: &mut Findings) {
    match chain {
        Chain::Whole { entries } => found.good(format!("audit log: the chain of its {entries} entries is whole")),
        Chain::Broken { sequence, fault } => found.wrong(format!("audit log: entry {sequence} {}", words(fault)), MEND),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_aws_table::Fault;

    #[test]
    fn a_broken_chain_is_unhealthy_and_names_the_first_wrong_entry() {
        let mut found = Findings::default();
        tell(Chain::Whole { entries: 12 }, &mut found);
        assert!(found.report().healthy);
        tell(Chain::Broken { sequence: 7, fault: Fault::Changed }, &mut found);
        let report = found.report();
        assert!(!report.healthy);
        assert!(report.text.contains("audit log: entry 7 is not what was written there"), "{}", report.text);
    }
}
