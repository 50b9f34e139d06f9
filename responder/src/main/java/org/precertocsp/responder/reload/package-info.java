/// Applying changed configuration, keys and certificates while the server runs.
///
/// Start at [Reloader]: it reloads one part after the other and reports the result of each in a
/// [ReloadReport] to the caller, the log and, if something failed, an alert. Requests come from
/// SIGHUP, from the private API, and from the command `reload` through files ([ReloadRequests]).
///
/// The rule that makes a reload safe: each part is read and checked completely before it replaces
/// the version in use. A part that is rejected stays as it was, and the others are reloaded
/// nevertheless. Settings that only a restart can apply are reported, never silently ignored.
///
/// The wiring adds the parts; the packages that own them do not depend on this one.
@NullMarked
package org.precertocsp.responder.reload;

import org.jspecify.annotations.NullMarked;
