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

    /// Judges what Certificate Transparency logs hold of the issuers.
    LoggedCertificateVerifier loggedCertificates();

    /// Issuers of whose serials nothing is assigned because a log brought them (CT-20).
    Set<IssuerKey> alertOnly();

    SpoolConfig spool();

    /// Opens the store to write it, creating it if there is none. Does not wait.
    ///
    /// @throws StoreLockedException another process has it open
    /// @throws org.precertocsp.responder.status.StoreException it cannot be opened
    OpenedStore openStore() throws StoreLockedException;

    /// Opens the store for sets that are only judged: changes no file of store and audit log.
    ///
    /// @throws StoreLockedException as [#openStore]
    /// @throws org.precertocsp.responder.status.StoreException it cannot be opened, or there is
    ///   none though the audit log recorded changes
    default OpenedStore openForDryRun() throws StoreLockedException {
        return openStore();
    }

    /// Opens the store to read it as it is now, whether or not another process has it open.
    ///
    /// @throws org.precertocsp.responder.status.StoreException it cannot be opened, or there is
    ///   none yet
    StatusView openView();

    /// Why the store is not to be believed: it lacks changes that the audit log recorded, or the
    /// two do not belong together. Reads at least the end of the audit log.
    default Optional<String> storeDoubt() {
        return Optional.empty();
    }

    /// Creates a store for the time of one command.
    ///
    /// @param directory does not exist yet
    /// @throws org.precertocsp.responder.status.StoreException it cannot be created
    StatusStore openScratch(Path directory);

    /// Where the server can be asked about an issuer from this machine; empty if the configuration
    /// has it fed but not answered for.
    Optional<String> ownAddress(ConfiguredIssuer issuer);

    /// A store opened to be changed.
    ///
    /// @param writer records what it changes in the audit log
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
