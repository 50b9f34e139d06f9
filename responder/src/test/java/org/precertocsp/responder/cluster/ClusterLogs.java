package org.precertocsp.responder.cluster;

import java.security.PrivateKey;
import org.precertocsp.responder.cluster.responses.InMemoryResponseLog;
import org.precertocsp.responder.cluster.responses.ResponseLog;

/// The logs of a cluster in memory, for servers in one process.
public final class ClusterLogs {
    private final InMemoryStatusLog status = new InMemoryStatusLog();
    private final InMemoryStatusLog reports = new InMemoryStatusLog();
    private final InMemoryResponseLog responses = new InMemoryResponseLog();

    /// Begins the log, as the authority of that name does.
    public ClusterLogs(String authority, PrivateKey key) throws StatusLog.AppendInDoubtException {
        status.append(
                new RecordSigner(authority, key)
                        .sign(
                                new ClusterRecord.Reset(
                                        authority, 1, 0, 0, ReaderPosition.NO_DIGEST)));
    }

    public StatusLog status() {
        return status.handle();
    }

    public StatusLog reports() {
        return reports.handle();
    }

    public ResponseLog responses() {
        return responses.handle();
    }

    /// Nobody can reach the log of responses until everybody can again.
    public void responsesAway(boolean away) {
        responses.away(away);
    }
}
