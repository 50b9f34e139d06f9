/// A log in files: records that contain the hash of the one before, a Merkle tree over all of them,
/// and segments that are compressed once they are full. See [AuditLog].
@NullMarked
package org.precertocsp.responder.audit.log;

import org.jspecify.annotations.NullMarked;
