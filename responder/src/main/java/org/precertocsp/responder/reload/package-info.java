/// Applying changed configuration, keys and certificates while the server runs.
///
/// Start at [Reloader]: it reloads one part after the other and reports the result of each in a
/// [ReloadReport] to the caller, the log and, where something failed, an alert. Requests come from
/// SIGHUP, from the private API, and from the command `reload` through files ([ReloadRequests]).
///
/// The rule that makes a reload safe: each part is read and checked completely before it replaces
/// what is in use. A part that is refused stays as it was, and the others are reloaded all the
/// same. Settings that only a restart can apply are reported, never ignored in silence.
///
/// The wiring adds the parts; the packages that own them know nothing of this one.
@NullMarked
package org.precertocsp.responder.reload;

import org.jspecify.annotations.NullMarked;
