/// Alerts: a problem is raised as an incident, and people are notified until one of them
/// acknowledges it or its cause is gone.
///
/// Code that detects problems needs two types: [Alarm] to raise and to end, and [Incident], whose
/// `Kind` lists everything that can be raised, with its severity. [Alerts] is for code that shows
/// alerts or acknowledges one for a person. Both are implemented by [AlertService], whose `look` is
/// the whole cycle: take the queued incidents, decide by the rules of [AlertRegistry], record,
/// save, deliver by an [AlertChannel].
///
/// Incidents of one kind about one subject are one alert, however often they are raised. An alert
/// outlives the process that raised it, so code that finds its subject in order ends the alert,
/// also at the first check after a start. Severities and deadlines follow the Network Security
/// Requirements, section 3.2.
///
/// The order of the cycle is the hard part. Raising must never block, so it only puts the incident
/// into a queue. People must be alerted even if the disk or the audit log fails, so a failure to
/// record or save is logged and delivery continues; only an acknowledgement is rejected if it
/// cannot be recorded. A channel that hangs must not delay the others, so each has its own queue
/// and thread. No error message of a channel contains a secret, be it a token or the rest of a URL.
@NullMarked
package org.precertocsp.responder.alert;

import org.jspecify.annotations.NullMarked;
