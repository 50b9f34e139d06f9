package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.source;
import static org.precertocsp.responder.store.TestResponses.NOON;
import static org.precertocsp.responder.store.TestResponses.TEMPLATE;
import static org.precertocsp.responder.store.TestResponses.good;
import static org.precertocsp.responder.store.TestResponses.kept;
import static org.precertocsp.responder.store.TestResponses.usual;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.signer.ResponseTemplate;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Stored responses in a real store.
final class RocksResponseStoreTest {
    @TempDir private Path directory = Path.of("");

    private RocksStore open() throws StoreLockedException {
        return RocksStore.open(config());
    }

    private StoreConfig config() {
        return new StoreConfig(directory.resolve("store"), 8 << 20);
    }

    private static void feed(RocksStore store, StatusChange... changes) {
        try (ChangeSet set = store.begin(source("a feed"))) {
            for (StatusChange change : changes) {
                set.apply(change);
            }
            set.commit();
        }
    }

    /// Closing writes what waits, so a response is there for certain only then.
    private void keepAndClose(StatusChange change, StoredResponse... responses)
            throws StoreLockedException {
        try (RocksStore store = open()) {
            feed(store, change);
            for (StoredResponse response : responses) {
                store.responses().keep(response);
            }
        }
    }

    @Test
    void a_response_kept_is_found_after_the_store_was_closed() throws StoreLockedException {
        keepAndClose(TestChanges.declared(KEY), good(KEY));

        try (RocksStore store = open()) {
            Optional<StoredResponse> found = store.responses().find(usual(KEY));

            assertThat(found).get().usingRecursiveComparison().isEqualTo(good(KEY));
        }
    }

    @Test
    @Requirement({"CI-06", "CI-07"})
    void each_form_of_cert_id_has_a_response_of_its_own() throws StoreLockedException {
        List<ResponseKey> forms = new ArrayList<>();
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            for (DigestParameters parameters : DigestParameters.values()) {
                forms.add(new ResponseKey(KEY, hash, parameters));
            }
        }
        keepAndClose(
                TestChanges.declared(KEY),
                forms.stream().map(form -> good(form, NOON)).toArray(StoredResponse[]::new));

        try (RocksStore store = open()) {
            for (ResponseKey form : forms) {
                assertThat(store.responses().find(form))
                        .get()
                        .usingRecursiveComparison()
                        .isEqualTo(good(form, NOON));
            }
        }
    }

    @Test
    void a_serial_that_goes_on_like_another_has_its_own_response() throws StoreLockedException {
        keepAndClose(TestChanges.declared(key(0x1234)), good(key(0x1234)));

        try (RocksStore store = open()) {
            assertThat(store.responses().find(usual(key(0x123400)))).isEmpty();
            assertThat(store.responses().find(usual(key(0x12)))).isEmpty();
        }
    }

    @Test
    void revocation_with_and_without_reason_is_kept_as_it_was_said() throws StoreLockedException {
        SerialKey other = key(0x77);
        try (RocksStore store = open()) {
            feed(
                    store,
                    TestChanges.revoked(KEY, RevocationReason.KEY_COMPROMISE),
                    TestChanges.revoked(other, RevocationReason.UNSPECIFIED));
            store.responses().keep(revoked(KEY, Optional.of(RevocationReason.KEY_COMPROMISE)));
            store.responses().keep(revoked(other, Optional.empty()));
        }

        try (RocksStore store = open()) {
            assertThat(store.responses().find(usual(KEY)).orElseThrow().status())
                    .isEqualTo(
                            new CertStatus.Revoked(
                                    TestChanges.REVOKED_AT,
                                    Optional.of(RevocationReason.KEY_COMPROMISE)));
            assertThat(store.responses().find(usual(other)).orElseThrow().status())
                    .isEqualTo(new CertStatus.Revoked(TestChanges.REVOKED_AT, Optional.empty()));
        }
    }

    private static StoredResponse revoked(SerialKey serial, Optional<RevocationReason> reason) {
        CertStatus status = new CertStatus.Revoked(TestChanges.REVOKED_AT, reason);
        return kept(usual(serial), status, NOON, TEMPLATE);
    }

    @Test
    @Requirement("SA-11")
    void a_good_signed_before_the_revocation_does_not_replace_what_was_signed_after_it()
            throws StoreLockedException {
        StoredResponse after = revoked(KEY, Optional.of(RevocationReason.KEY_COMPROMISE));

        keepAndClose(TestChanges.revoked(KEY, RevocationReason.KEY_COMPROMISE), after, good(KEY));

        try (RocksStore store = open()) {
            assertThat(store.responses().find(usual(KEY)).orElseThrow().status())
                    .isInstanceOf(CertStatus.Revoked.class);
        }
    }

    @Test
    void nothing_is_kept_of_a_serial_that_is_not_assigned() throws StoreLockedException {
        keepAndClose(TestChanges.announced(KEY), good(KEY), good(key(0x99)));

        try (RocksStore store = open()) {
            assertThat(store.responses().find(usual(KEY))).isEmpty();
            assertThat(store.responses().find(usual(key(0x99)))).isEmpty();
        }
    }

    @Test
    void responses_of_an_earlier_credential_outlive_it() throws StoreLockedException {
        ResponseTemplate next = TestTemplates.template("the next credential");
        SerialKey other = key(0x42);
        keepAndClose(TestChanges.declared(KEY), good(KEY));
        CertStatus status = new CertStatus.Good();
        keepAndClose(TestChanges.declared(other), kept(usual(other), status, NOON, next));

        try (RocksStore store = open()) {
            assertThat(templateOf(store, KEY)).isEqualTo(TEMPLATE.encoded());
            assertThat(templateOf(store, other)).isEqualTo(next.encoded());
        }
    }

    private static Object templateOf(RocksStore store, SerialKey serial) {
        return store.responses().find(usual(serial)).orElseThrow().essence().template().encoded();
    }

    @Test
    void a_row_that_cannot_be_read_is_no_response_and_no_failure()
            throws StoreLockedException, RocksDBException {
        keepAndClose(TestChanges.declared(KEY), good(KEY));
        damage(RowKeys.response(1, KEY.serial(), CertIdVariant.of(usual(KEY))));

        try (RocksStore store = open()) {
            assertThat(store.responses().find(usual(KEY))).isEmpty();
            assertThat(store.find(KEY)).isPresent();
        }
    }

    private void damage(byte[] row) throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (RocksOptions tuning = new RocksOptions(8 << 20)) {
            for (ColumnFamily family : ColumnFamily.values()) {
                families.add(new ColumnFamilyDescriptor(family.diskName(), tuning.of(family)));
            }
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            String path = config().directory().toString();
            try (RocksDB db = RocksDB.open(tuning.database(), path, families, handles)) {
                db.put(
                        handles.get(ColumnFamily.RESPONSES.code()),
                        row,
                        new byte[] {(byte) 0xff, 1});
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
    }

    @Test
    void a_store_without_the_new_families_is_read_and_opened()
            throws StoreLockedException, RocksDBException {
        keepAndClose(TestChanges.declared(KEY));
        dropNewFamilies();

        try (RocksStore reader = RocksStore.openReadOnly(config())) {
            assertThat(reader.find(KEY)).isPresent();
            assertThatThrownBy(reader::responses).isInstanceOf(IllegalStateException.class);
        }
        keepAndClose(TestChanges.declared(KEY), good(KEY));
        try (RocksStore store = open()) {
            assertThat(store.responses().find(usual(KEY))).isPresent();
        }
    }

    private void dropNewFamilies() throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (RocksOptions tuning = new RocksOptions(8 << 20)) {
            for (ColumnFamily family : ColumnFamily.values()) {
                families.add(new ColumnFamilyDescriptor(family.diskName(), tuning.of(family)));
            }
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            String path = config().directory().toString();
            try (RocksDB db = RocksDB.open(tuning.database(), path, families, handles)) {
                for (ColumnFamily family :
                        List.of(
                                ColumnFamily.RESPONSES,
                                ColumnFamily.TEMPLATES,
                                ColumnFamily.RENEWALS)) {
                    ColumnFamilyHandle handle = handles.get(family.code());
                    assertThat(new String(handle.getName(), StandardCharsets.UTF_8))
                            .isEqualTo(family.toString());
                    db.dropColumnFamily(handle);
                }
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
    }

    @Test
    void a_closed_store_keeps_nothing_and_refuses_to_look() throws StoreLockedException {
        ResponseStore responses;
        try (RocksStore store = open()) {
            feed(store, TestChanges.declared(KEY));
            responses = store.responses();
        }
        responses.keep(good(KEY));

        assertThatThrownBy(() -> responses.find(usual(KEY))).hasMessageContaining("closed");
    }
}
