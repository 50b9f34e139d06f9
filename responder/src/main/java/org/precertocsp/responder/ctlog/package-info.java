/// Follows Certificate Transparency logs, so that no precertificate stays unanswered because the
/// CA's own feeds missed it.
///
/// Start at `LogMonitor`, which runs one `LogFollowerThread` per log of the configuration, and then
/// at `LogFollower`, which reads one log up to its newest head. Below it: `CtLogClient` with one
/// implementation per API (RFC 6962 and static-ct-api), the parsers of entries and heads, and
/// `LogEntryLoader`, which stores the changes that proven entries bring. The commands that read
/// logs use the same parts.
///
/// The hard idea is that a log is trusted only as far as its signed tree proves. A head's signature
/// is verified; the tree read before must be the beginning of the head's tree; and entries change a
/// status only after the tree rebuilt over them is proven to be part of the head's. The entries and
/// the position in the log are then stored in one write, so that a crash neither skips nor repeats
/// an entry. The data beside an entry (chains, fingerprints) is not covered by the tree; it counts
/// only with a signature of one of our issuers.
///
/// Only one entry in thousands concerns our issuers, so entries are filtered in place, without
/// copying or decoding (`EntryFilter`, `IssuerFilter`).
///
/// A serial that only a log brought is an incident, which `MissingFromFeedMonitor` reports if no
/// feed of the CA brings it in time (CT-20).
@NullMarked
package org.precertocsp.responder.ctlog;

import org.jspecify.annotations.NullMarked;
