package org.precertocsp.responder;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.audit.door.StoreRecovery;
import org.precertocsp.responder.audit.keep.Pruning;
import org.precertocsp.responder.audit.log.Segment;
import org.precertocsp.responder.cli.AuditServices;
import org.precertocsp.responder.cli.CommandFailed;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;

/// [Wiring]'s part for the `audit` commands.
record AuditBooks(ServerConfig config, FedIssuer.Directory fed, InstantSource clock)
        implements AuditServices.Configured {
    @Override
    public AuditConfig audit() {
        return config.audit();
    }

    @Override
    public AuditServices.Checkpoints openCheckpoints() throws CommandFailed {
        try {
            RocksStores store = RocksStores.openReadOnly(config.store());
            return new AuditServices.Checkpoints() {
                @Override
                public Optional<String> of(String origin) {
                    return store.checkpoint(origin);
                }

                @Override
                public void close() {
                    store.close();
                }
            };
        } catch (StoreFailure e) {
            throw new CommandFailed(
                    "what the store knows of the log cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Pruning openPruningPreview() throws CommandFailed {
        try {
            Segment.some(config.audit().events());
            return AuditWiring.pruningPreview(
                    config, RocksStores.openReadOnly(config.store()), fed, clock);
        } catch (StoreFailure | IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public StoreRecovery.Comparison compareStore() throws CommandFailed {
        try {
            if (!RocksStores.exists(config.store())) {
                return new StoreRecovery(config.audit().events(), Optional.empty()).compare();
            }
            try (RocksStores store = RocksStores.openDamagedReadOnly(config.store())) {
                return new StoreRecovery(config.audit().events(), store.commitMark()).compare();
            }
        } catch (StoreFailure | IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public StoreRecovery.Replayed replay(LongConsumer progress) throws CommandFailed {
        try {
            return AuditWiring.replay(config, fed, clock, progress);
        } catch (StoreLocked e) {
            throw new CommandFailed("stop the server first: " + e.getMessage(), e);
        } catch (StoreFailure | AuditFailure | IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Pruning openPruning() throws CommandFailed {
        try {
            AuditWiring.expectStore(config, false, Alarm.LOGGED);
            RocksStores store = RocksStores.open(config.store());
            try {
                return AuditWiring.pruning(config, store, fed, clock);
            } catch (IOException | RuntimeException e) {
                store.close();
                throw e;
            }
        } catch (StoreLocked e) {
            throw new CommandFailed("stop the server first: " + e.getMessage(), e);
        } catch (StoreFailure | AuditFailure | IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }
}
