/// A cluster: authorities that take changes in, edges without keys that answer, and one log between
/// them. Here are the records of that log. Pure: no disk, no network, no clock but the one passed
/// in; nothing is wired yet, so a single node loads none of it.
///
/// [ClusterRecord] has the records, [ClusterRecordCodec] their bytes, [RecordSigner] and
/// [RecordVerifier] their signatures.
@NullMarked
package org.precertocsp.responder.cluster;

import org.jspecify.annotations.NullMarked;
