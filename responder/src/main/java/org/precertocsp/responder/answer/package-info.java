/// Answers OCSP requests: from memory, from disk, or with a new signature.
///
/// Start at [AnswerService], which says why no answer is ever stale and has the only retry loop.
/// [IssuerDirectory] makes a [ResolvedRequest] from a decoded request: issuer, serial key and
/// CertID, looked up once. The layers are [AnswerCache], [StoredAnswers] and [LiveAnswers];
/// [FastAnswerLookup] is what event loops may ask, since it needs neither disk nor key. A record
/// becomes a status in [StatusMapper]; what must be renewed and when is [RenewalDeadline].
///
/// No failure becomes a status (invariant 3): what the store or the clock cannot say is an [Answer]
/// without a signature.
///
/// # What is served when the clock is wrong
///
/// [MonotonicClock] compares the wall clock with the time that has passed since it was last
/// believed, and with the newest time signed or recorded, which is kept over restarts. From that
/// follows what clients get. Corrections of up to ten seconds and slewing up to a tenth of the time
/// are believed and change nothing.
///
/// | The wall clock | Stored and cached answers | New signatures | Told by |
/// |---|---|---|---|
/// | is set forward while running | those valid at the time expected and at the wall clock's | with the time expected as thisUpdate, if they are valid at the wall clock's time too; else `tryLater` | alert `CLOCK`; not ready where nothing is valid at both |
/// | comes back after that | all within their window, at once | as ever: nothing was signed ahead | end of the alert |
/// | is set back while running, to a time after the newest signature | those valid at both times | with the wall clock's time | alert `CLOCK` |
/// | is set back while running, behind the newest signature | those valid at both times: signed before the wall clock's time | none until that time comes: `tryLater` | alert `CLOCK`, not ready |
/// | is behind the newest time signed or recorded at a start | those valid at both times | none until that time comes: `tryLater` | alert `CLOCK`, not ready |
/// | is ahead at a start | as the wall clock says: nothing here knows better | with the wall clock's time | nothing |
///
/// `unauthorized` is no statement about a time and is given in each case. The last row ends in the
/// one before it, once the clock is set right: `serve --accept-clock` then forgets the times that
/// never were. While running, a clock that was set to the right time is believed after a restart,
/// or as soon as it is again within ten seconds of the time expected; one that was behind at the
/// start, as soon as it is set to the newest time signed or later.
@NullMarked
package org.precertocsp.responder.answer;

import org.jspecify.annotations.NullMarked;
