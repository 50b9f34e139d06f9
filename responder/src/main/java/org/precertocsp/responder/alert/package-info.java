/// Alerts: what goes wrong is raised as an incident, and reaches people until one of them
/// acknowledges it or its cause is gone.
///
/// Code that finds something wrong needs two types: [Alarm] to raise and to end, and [Incident],
/// whose `Kind` lists everything that can be raised, with its severity. [Alerts] is for those who
/// show alerts or acknowledge one for a person. The service behind both is [AlertService], whose
/// `look` is the whole cycle: take what was raised, decide by the rules of [AlertRegistry], record,
/// save, deliver by an [AlertChannel].
///
/// Incidents of one kind about one thing are one alert, however often they are raised. And an alert
/// outlives the process that raised it, so code that finds its subject in order ends the alert,
/// also at the first look after a start. Severities and deadlines follow the Network Security
/// Requirements, section 3.2.
///
/// The order of the cycle is the hard part. Raising must never wait, so it only puts the incident
/// into a queue. People must be alerted even when the disk or the audit log fails, so a failure to
/// record or save is logged and delivery goes on; only an acknowledgement is refused if it cannot
/// be recorded. A channel that hangs must not delay the others, so each has a queue and a thread of
/// its own. No failure of a channel shows a secret, be it a token or the rest of a URL.
@NullMarked
package org.precertocsp.responder.alert;

import org.jspecify.annotations.NullMarked;
