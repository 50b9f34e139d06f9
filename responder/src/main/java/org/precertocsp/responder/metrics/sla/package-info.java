/// Measures the 15-minute duty (SA-01, BR 4.9.9): how long the public waited for the first answer
/// about each serial.
///
/// Start at `AnswerDelayMonitor`, which wraps the store's writer and sees every change of every
/// feed. `ChangeSetDelays` collects the serials that one change set assigns, and hands them to
/// `IssuerAnswerDelays` when the set is committed.
///
/// A serial can be answered when its change set is committed and its issuer's key signs. The delay
/// counts from its publication (a log's timestamp or an SCT) if that is known, and otherwise from
/// its intake. Serials published before the server first answered for the issuer, and serials known
/// from lists alone, are counted apart: a delay would say nothing about them. While a key does not
/// sign, serials wait here, and an alert is raised when their 15 minutes are over.
///
/// Memory is bounded whatever is loaded: one count for each second or minute, not one for each
/// serial.
@NullMarked
package org.precertocsp.responder.metrics.sla;

import org.jspecify.annotations.NullMarked;
