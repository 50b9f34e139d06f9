/// The audit log as a server or a command uses it.
///
/// Start at [AuditService][org.precertocsp.responder.audit.service.AuditService]: it opens the
/// event log, the audited store and the signature journal. The hard idea is in
/// [StateCheck][org.precertocsp.responder.audit.service.StateCheck]: store and log must agree about
/// the newest set of changes before anything is answered.
@NullMarked
package org.precertocsp.responder.audit.service;

import org.jspecify.annotations.NullMarked;
