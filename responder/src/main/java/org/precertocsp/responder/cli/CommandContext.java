package org.precertocsp.responder.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier;
import org.precertocsp.responder.intake.spool.SpoolConfig;
import org.precertocsp.responder.monitor.Reconciliation;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.CtObservationReader;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.SerialList;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreLockedException;

/// A configuration with the parts of the program that `load`, `status` and `reconcile` use. Opens
/// nothing by itself.
public interface CommandContext {
    /// Reads configurations.
    @FunctionalInterface
    interface Factory {
        /// Reads a configuration file and the certificates it names; opens nothing.
        ///
        /// @throws CommandException the configuration is not usable; the message names every reason
        CommandContext read(Path configuration) throws CommandException;
    }

    ConfiguredIssuer.Directory issuers();

    FeedProvider feeds();

    /// Verifies certificates of the issuers that Certificate Transparency logs contain.
    LoggedCertificateVerifier loggedCertificates();

    /// Issuers whose serials are not assigned when only a log delivers them (CT-20).
    Set<IssuerKey> alertOnly();

    SpoolConfig spool();

    /// Opens the store to write it, creating it if there is none. Does not wait.
    ///
    /// @throws StoreLockedException another process has it open
    /// @throws org.precertocsp.responder.status.StoreException it cannot be opened
    OpenedStore openStore() throws StoreLockedException;

    /// Opens the store for a trial load: changes no file of store and audit log.
    ///
    /// @throws StoreLockedException as [#openStore]
    /// @throws org.precertocsp.responder.status.StoreException it cannot be opened, or does not
    ///   exist although the audit log recorded changes
    default OpenedStore openForDryRun() throws StoreLockedException {
        return openStore();
    }

    /// Opens the store to read it as it is now, whether or not another process has it open.
    ///
    /// @throws org.precertocsp.responder.status.StoreException it cannot be opened, or does not
    ///   exist yet
    StatusView openView();

    /// Why the store cannot be trusted: it lacks changes that the audit log recorded, or the two do
    /// not belong together. Reads at least the end of the audit log.
    default Optional<String> storeDoubt() {
        return Optional.empty();
    }

    /// Creates a temporary store for one command.
    ///
    /// @param directory does not exist yet
    /// @throws org.precertocsp.responder.status.StoreException it cannot be created
    StatusStore openScratch(Path directory);

    /// The URL of the server for this issuer from this machine; empty if the configuration loads
    /// data of the issuer but has no responder for it.
    Optional<String> ownAddress(ConfiguredIssuer issuer);

    /// A store opened to be changed.
    ///
    /// @param writer records its changes in the audit log
    record OpenedStore(StatusWriter writer, Runnable closing) implements AutoCloseable {
        /// A store whose changes are not recorded.
        public static OpenedStore of(StatusStore store) {
            return new OpenedStore(store, store::close);
        }

        @Override
        public void close() {
            closing.run();
        }
    }

    /// A store opened only to be read.
    interface StatusView extends SerialList, CtObservationReader, Reconciliation.FreshStore.Open {
        @Override
        void close();

        /// The reading side of a store; closing the view closes it.
        static StatusView of(StatusStore store) {
            return new StatusView() {
                @Override
                public Optional<StatusRecord> find(SerialKey key) {
                    return store.find(key);
                }

                @Override
                public StatusDetails dossier(SerialKey key) {
                    return store.dossier(key);
                }

                @Override
                public List<Serial> serials(IssuerKey issuer, Optional<Serial> after, int limit) {
                    return store.serials(issuer, after, limit);
                }

                @Override
                public void sightings(IssuerKey issuer, Consumer<CtObservation> each) {
                    store.sightings(issuer, each);
                }

                @Override
                public void close() {
                    store.close();
                }
            };
        }
    }
}
