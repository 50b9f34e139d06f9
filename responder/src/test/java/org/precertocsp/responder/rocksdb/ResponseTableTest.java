package org.precertocsp.responder.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.rocksdb.Responses.NOON;
import static org.precertocsp.responder.rocksdb.Responses.TEMPLATE;
import static org.precertocsp.responder.rocksdb.Responses.good;
import static org.precertocsp.responder.rocksdb.Responses.kept;
import static org.precertocsp.responder.rocksdb.Responses.usual;
import static org.precertocsp.responder.status.Facts.KEY;
import static org.precertocsp.responder.status.Facts.key;
import static org.precertocsp.responder.status.Facts.source;

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
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.signer.ResponseTemplate;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Stored responses in a real store.
final class ResponseTableTest {
    @TempDir private Path directory = Path.of("");

    private RocksStores open() throws StoreLocked {
        return RocksStores.open(config());
    }

    private RocksConfig config() {
        return new RocksConfig(directory.resolve("store"), 8 << 20);
    }

    private static void feed(RocksStores store, StatusChange... changes) {
        try (ChangeSet set = store.begin(source("a feed"))) {
            for (StatusChange change : changes) {
                set.apply(change);
            }
            set.commit();
        }
    }

    /// Closing writes what waits, so a response is there for certain only then.
    private void keepAndClose(StatusChange change, KeptResponse... responses) throws StoreLocked {
        try (RocksStores store = open()) {
            feed(store, change);
            for (KeptResponse response : responses) {
                store.responses().keep(response);
            }
        }
    }

    @Test
    void a_response_kept_is_found_after_the_store_was_closed() throws StoreLocked {
        keepAndClose(Facts.declared(KEY), good(KEY));

        try (RocksStores store = open()) {
            Optional<KeptResponse> found = store.responses().find(usual(KEY));

            assertThat(found).get().usingRecursiveComparison().isEqualTo(good(KEY));
        }
    }

    @Test
    @Requirement({"CI-06", "CI-07"})
    void each_form_of_cert_id_has_a_response_of_its_own() throws StoreLocked {
        List<ResponseKey> forms = new ArrayList<>();
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            for (DigestParameters parameters : DigestParameters.values()) {
                forms.add(new ResponseKey(KEY, hash, parameters));
            }
        }
        keepAndClose(
                Facts.declared(KEY),
                forms.stream().map(form -> good(form, NOON)).toArray(KeptResponse[]::new));

        try (RocksStores store = open()) {
            for (ResponseKey form : forms) {
                assertThat(store.responses().find(form))
                        .get()
                        .usingRecursiveComparison()
                        .isEqualTo(good(form, NOON));
            }
        }
    }

    @Test
    void a_serial_that_goes_on_like_another_has_its_own_response() throws StoreLocked {
        keepAndClose(Facts.declared(key(0x1234)), good(key(0x1234)));

        try (RocksStores store = open()) {
            assertThat(store.responses().find(usual(key(0x123400)))).isEmpty();
            assertThat(store.responses().find(usual(key(0x12)))).isEmpty();
        }
    }

    @Test
    void revocation_with_and_without_reason_is_kept_as_it_was_said() throws StoreLocked {
        SerialKey other = key(0x77);
        try (RocksStores store = open()) {
            feed(
                    store,
                    Facts.revoked(KEY, RevocationReason.KEY_COMPROMISE),
                    Facts.revoked(other, RevocationReason.UNSPECIFIED));
            store.responses().keep(revoked(KEY, Optional.of(RevocationReason.KEY_COMPROMISE)));
            store.responses().keep(revoked(other, Optional.empty()));
        }

        try (RocksStores store = open()) {
            assertThat(store.responses().find(usual(KEY)).orElseThrow().status())
                    .isEqualTo(
                            new CertStatus.Revoked(
                                    Facts.REVOKED_AT,
                                    Optional.of(RevocationReason.KEY_COMPROMISE)));
            assertThat(store.responses().find(usual(other)).orElseThrow().status())
                    .isEqualTo(new CertStatus.Revoked(Facts.REVOKED_AT, Optional.empty()));
        }
    }

    private static KeptResponse revoked(SerialKey serial, Optional<RevocationReason> reason) {
        CertStatus status = new CertStatus.Revoked(Facts.REVOKED_AT, reason);
        return kept(usual(serial), status, NOON, TEMPLATE);
    }

    @Test
    @Requirement("SA-11")
    void a_good_signed_before_the_revocation_does_not_replace_what_was_signed_after_it()
            throws StoreLocked {
        KeptResponse after = revoked(KEY, Optional.of(RevocationReason.KEY_COMPROMISE));

        keepAndClose(Facts.revoked(KEY, RevocationReason.KEY_COMPROMISE), after, good(KEY));

        try (RocksStores store = open()) {
            assertThat(store.responses().find(usual(KEY)).orElseThrow().status())
                    .isInstanceOf(CertStatus.Revoked.class);
        }
    }

    @Test
    void nothing_is_kept_of_a_serial_that_is_not_assigned() throws StoreLocked {
        keepAndClose(Facts.announced(KEY), good(KEY), good(key(0x99)));

        try (RocksStores store = open()) {
            assertThat(store.responses().find(usual(KEY))).isEmpty();
            assertThat(store.responses().find(usual(key(0x99)))).isEmpty();
        }
    }

    @Test
    void responses_of_an_earlier_credential_outlive_it() throws StoreLocked {
        ResponseTemplate next = TestTemplates.template("the next credential");
        SerialKey other = key(0x42);
        keepAndClose(Facts.declared(KEY), good(KEY));
        CertStatus status = new CertStatus.Good();
        keepAndClose(Facts.declared(other), kept(usual(other), status, NOON, next));

        try (RocksStores store = open()) {
            assertThat(templateOf(store, KEY)).isEqualTo(TEMPLATE.encoded());
            assertThat(templateOf(store, other)).isEqualTo(next.encoded());
        }
    }

    private static Object templateOf(RocksStores store, SerialKey serial) {
        return store.responses().find(usual(serial)).orElseThrow().essence().template().encoded();
    }

    @Test
    void a_row_that_cannot_be_read_is_no_response_and_no_failure()
            throws StoreLocked, RocksDBException {
        keepAndClose(Facts.declared(KEY), good(KEY));
        damage(Keys.response(1, KEY.serial(), Forms.of(usual(KEY))));

        try (RocksStores store = open()) {
            assertThat(store.responses().find(usual(KEY))).isEmpty();
            assertThat(store.find(KEY)).isPresent();
        }
    }

    private void damage(byte[] row) throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (Tuning tuning = new Tuning(8 << 20)) {
            for (Family family : Family.values()) {
                families.add(new ColumnFamilyDescriptor(family.diskName(), tuning.of(family)));
            }
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            String path = config().directory().toString();
            try (RocksDB db = RocksDB.open(tuning.database(), path, families, handles)) {
                db.put(handles.get(Family.RESPONSES.code()), row, new byte[] {(byte) 0xff, 1});
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
    }

    @Test
    void a_store_without_the_new_families_is_read_and_opened()
            throws StoreLocked, RocksDBException {
        keepAndClose(Facts.declared(KEY));
        dropNewFamilies();

        try (RocksStores reader = RocksStores.openReadOnly(config())) {
            assertThat(reader.find(KEY)).isPresent();
            assertThatThrownBy(reader::responses).isInstanceOf(IllegalStateException.class);
        }
        keepAndClose(Facts.declared(KEY), good(KEY));
        try (RocksStores store = open()) {
            assertThat(store.responses().find(usual(KEY))).isPresent();
        }
    }

    private void dropNewFamilies() throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (Tuning tuning = new Tuning(8 << 20)) {
            for (Family family : Family.values()) {
                families.add(new ColumnFamilyDescriptor(family.diskName(), tuning.of(family)));
            }
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            String path = config().directory().toString();
            try (RocksDB db = RocksDB.open(tuning.database(), path, families, handles)) {
                for (Family family : List.of(Family.RESPONSES, Family.TEMPLATES, Family.RENEWALS)) {
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
    void a_closed_store_keeps_nothing_and_refuses_to_look() throws StoreLocked {
        ResponseStore responses;
        try (RocksStores store = open()) {
            feed(store, Facts.declared(KEY));
            responses = store.responses();
        }
        responses.keep(good(KEY));

        assertThatThrownBy(() -> responses.find(usual(KEY))).hasMessageContaining("closed");
    }
}
