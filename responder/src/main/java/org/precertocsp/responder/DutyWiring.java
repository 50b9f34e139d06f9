package org.precertocsp.responder;

import java.time.InstantSource;
import java.util.List;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.duty.FirstAnswers;
import org.precertocsp.responder.duty.MeasuredIssuer;
import org.precertocsp.responder.freshness.CredentialUpkeep;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.metrics.Metrics;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.task.BackgroundTasks;

/// [Wiring]'s part for measuring how soon serials are answered (SA-01).
record DutyWiring(Alarm alarm, Metrics metrics, InstantSource clock) {
    /// Measures every change that it hears of.
    FirstAnswers start(
            BackgroundTasks tasks,
            List<KeptCredential> credentials,
            CredentialUpkeep upkeep,
            RocksStores store) {
        List<MeasuredIssuer> issuers =
                credentials.stream()
                        .map(
                                it ->
                                        new MeasuredIssuer(
                                                it.issuer(),
                                                it.key(),
                                                () -> upkeep.problem(it).isEmpty()))
                        .toList();
        FirstAnswers answers = new FirstAnswers(issuers, store, store, alarm, clock);
        metrics.addDuty(answers::states, answers::apart);
        return answers.start(tasks);
    }
}
