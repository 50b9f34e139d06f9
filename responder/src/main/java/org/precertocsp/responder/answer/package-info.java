/// Answers OCSP requests: from memory, from disk, or with a new signature.
///
/// Start at [AnswerService], which explains why no answer is ever stale and has the only retry
/// loop. [IssuerDirectory] creates a [ResolvedRequest] from a decoded request: issuer, serial key
/// and CertID, looked up once. The layers are [AnswerCache], [AnswerService.StoredAnswers] and
/// [AnswerService.LiveAnswers]; event loops use [FastAnswerLookup], since it needs neither disk nor
/// key. [StatusMapper] converts a record to a status; [RenewalDeadline] computes when a response
/// must be renewed.
///
/// The hard idea is that an answer is checked after it was made, not locked while it is made. No
/// failure becomes a status (invariant 3): if the store or the clock fails, the [Answer] has no
/// signature.
///
/// # Answers when the clock is wrong
///
/// [MonotonicClock] compares the wall clock with the time that has passed since it was last
/// trusted, and with the newest time signed or recorded, which is kept over restarts. The table
/// lists the answers that clients receive. Corrections of up to ten seconds and slewing up to a
/// tenth of the time are trusted and change nothing.
///
/// | The wall clock | Stored and cached answers | New signatures | Reported by |
/// |---|---|---|---|
/// | is set forward while running | those valid at the time expected and at the wall clock's | with the time expected as thisUpdate, if they are valid at the wall clock's time too; else `tryLater` | alert `CLOCK`; not ready where nothing is valid at both |
/// | comes back after that | all within their window, at once | as usual: nothing was signed ahead | end of the alert |
/// | is set back while running, to a time after the newest signature | those valid at both times | with the wall clock's time | alert `CLOCK` |
/// | is set back while running, behind the newest signature | those valid at both times: signed before the wall clock's time | none until that time comes: `tryLater` | alert `CLOCK`, not ready |
/// | is behind the newest time signed or recorded at a start | those valid at both times | none until that time comes: `tryLater` | alert `CLOCK`, not ready |
/// | is ahead at a start | as of the wall clock: this cannot be detected | with the wall clock's time | nothing |
///
/// `unauthorized` is not a statement about a time and is sent in each case. The last row becomes
/// the one before it, once the clock is set correctly: `serve --accept-clock` then discards the
/// impossible times. While running, a clock that was set to the right time is trusted after a
/// restart, or as soon as it is again within ten seconds of the expected time; one that was behind
/// at the start, as soon as it is set to the newest time signed or later.
@NullMarked
package org.precertocsp.responder.answer;

import org.jspecify.annotations.NullMarked;
