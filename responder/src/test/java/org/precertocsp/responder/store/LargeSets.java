package org.precertocsp.responder.store;

import static org.precertocsp.responder.status.TestChanges.assigned;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.document;
import static org.precertocsp.responder.status.TestChanges.revoked;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.TestChanges;

/// Numbered sets of changes that leave rows in every family: evidence, conflicts, history, and
/// renewals; each also changes serials of the set before.
final class LargeSets {
    static final int SERIALS = 400;

    private LargeSets() {}

    static List<StatusChange> changes(int set) {
        List<StatusChange> changes = new ArrayList<>();
        for (int i = 0; i < SERIALS; i++) {
            SerialKey key = CommittingProcess.serial(set, i);
            switch (i % 4) {
                case 0 -> changes.add(carried(key, "certificate"));
                case 1 -> {
                    changes.add(carried(key, "certificate"));
                    changes.add(carried(key, "another"));
                }
                case 2 -> {
                    changes.add(declared(key));
                    changes.add(revoked(key, RevocationReason.SUPERSEDED));
                }
                default -> changes.add(declared(key));
            }
            if (set > 0 && i % 4 == 3) {
                SerialKey earlier = CommittingProcess.serial(set - 1, i);
                changes.add(revoked(earlier, RevocationReason.KEY_COMPROMISE));
            }
        }
        return changes;
    }

    private static StatusChange carried(SerialKey key, String certificate) {
        return assigned(key, AssignedBy.PRECERTIFICATE, document(certificate, "precertificate"));
    }

    static List<ChangeOutcome> load(RocksStore store, int set) {
        store.renewals().presign(TestChanges.ISSUER, PresignMode.ALL);
        try (ChangeSet changes = store.begin(TestChanges.source("set " + set))) {
            List<ChangeOutcome> outcomes = changes.applyAll(changes(set));
            changes.commit();
            return outcomes;
        }
    }
}
