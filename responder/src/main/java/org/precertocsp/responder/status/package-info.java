/// The status of certificates: the record of a serial, the changes to it, and the rules that decide
/// them. Pure: no disk, no network, no clock but the one passed in.
///
/// Start at [StatusRecord] (the record of one serial), [StatusChange] (one statement of a feed or
/// an API request) and [ChangeRules] (the effect of a change on a record). [RevocationPolicy]
/// decides before that which parts of a revocation an issuer's profile allows to be recorded.
///
/// Every change takes the same path:
///
/// ```
/// feed or API → ChangeWriter.begin → ChangeSet.applyAll → ChangeSet.commit → ChangeEpochs.advance
///                    └ ChangeListener: audit log, delay measurement, cache purging
/// ```
///
/// A [ChangeSet] takes effect whole or not at all. State that a feed must store with its changes,
/// such as the number of the newest CRL, is part of the same set under a [StateKey], so that a
/// crash keeps both or neither.
///
/// The hard idea is [ChangeEpochs]: how every layer that keeps answers detects, without a lock and
/// without notification, that an answer is older than the newest change of its serial.
///
/// The interfaces [StatusReader], [StatusWriter] and [StatusStore] are implemented by the store on
/// disk and, for tests, by one in memory; both pass the same contract tests.
@NullMarked
package org.precertocsp.responder.status;

import org.jspecify.annotations.NullMarked;
