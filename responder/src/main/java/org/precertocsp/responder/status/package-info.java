/// The status of certificates: what is recorded of a serial, the changes that may be made to it,
/// and the rules that decide them. Pure: no disk, no network, no clock but the one passed in.
///
/// Start with [StatusRecord] (the record of one serial), [StatusChange] (one statement of a feed or
/// an API request) and [ChangeRules] (what a change does to a record). [RevocationPolicy] decides
/// before that what an issuer's profile allows to be recorded of a revocation.
///
/// A change is written in one way, whoever sends it:
///
/// ```
/// feed or API → ChangeWriter.begin → ChangeSet.applyAll → ChangeSet.commit → ChangeEpochs.advance
///                    └ ChangeListener: audit log, delay measurement, cache purging
/// ```
///
/// A [ChangeSet] takes effect whole or not at all. What a feed must remember with its changes, such
/// as the number of the newest CRL, is stored in the same set under a [StateKey], so that a crash
/// keeps both or neither.
///
/// The hard idea is [ChangeEpochs]: how every layer that keeps answers finds out, without a lock
/// and without being told, that an answer is older than the newest change of its serial.
///
/// The interfaces [StatusReader], [StatusWriter] and [StatusStore] are implemented by the store on
/// disk and, for tests, by one in memory; both pass the same contract tests.
@NullMarked
package org.precertocsp.responder.status;

import org.jspecify.annotations.NullMarked;
