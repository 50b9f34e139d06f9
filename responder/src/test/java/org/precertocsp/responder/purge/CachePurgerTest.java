package org.precertocsp.responder.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.TestChanges;

final class CachePurgerTest {
    private final List<String> told = new ArrayList<>();
    private final InMemoryStatusStore store = new InMemoryStatusStore();
    private boolean hookFails;
    private final CachePurger purger =
            new CachePurger(
                    Map.of(TestChanges.ISSUER, "example"),
                    List.of(URI.create("http://ocsp.example/"), URI.create("http://o2.example/a")),
                    json -> {
                        if (hookFails) {
                            throw new IOException("the hook is down");
                        }
                        told.add(new String(json, StandardCharsets.UTF_8));
                    });

    private final ChangeWriter writer = new ChangeWriter(store, List.of(purger));

    @Test
    void a_serial_revoked_is_purged_by_its_key_and_all_its_urls() throws Exception {
        change(TestChanges.declared(TestChanges.KEY));
        purger.round();
        assertThat(told).isEmpty();

        change(TestChanges.revoked(TestChanges.KEY, RevocationReason.SUPERSEDED));
        purger.round();

        assertThat(told).hasSize(1);
        assertThat(told.getFirst())
                .startsWith(
                        "{\"surrogateKeys\":[\"example-%s\"],\"urls\":[\"http://"
                                .formatted(TestChanges.KEY.serial().toHex()))
                .contains("\"http://ocsp.example/M", "\"http://o2.example/a/M");
        List<String> urls = List.of(told.getFirst().split("\"", -1));
        assertThat(urls.stream().filter(it -> it.startsWith("http://ocsp.example/M")))
                .hasSizeLessThanOrEqualTo(32)
                .doesNotHaveDuplicates()
                .allSatisfy(url -> assertAsks(url.substring("http://ocsp.example/".length())));
    }

    private static void assertAsks(String path) {
        String base64 = path.replace("%2F", "/").replace("%2B", "+").replace("%3D", "=");
        assertThat(
                        new OcspRequestDecoder(new RequestLimits(1))
                                .decode(Base64.getDecoder().decode(base64)))
                .isInstanceOfSatisfying(
                        OcspRequest.class,
                        query -> {
                            assertThat(query.certIds().getFirst().serial())
                                    .isEqualTo(TestChanges.KEY.serial());
                            assertThat(query.certIds().getFirst().issuerNameHash())
                                    .isEqualTo(
                                            TestChanges.ISSUER.nameHash(
                                                    query.certIds().getFirst().hashAlgorithm()));
                        });
    }

    @Test
    void what_is_not_committed_or_changes_nothing_is_not_purged() throws Exception {
        change(TestChanges.declared(TestChanges.KEY));
        try (ChangeSet set = writer.begin(TestChanges.source("a"))) {
            set.apply(TestChanges.revoked(TestChanges.KEY, RevocationReason.SUPERSEDED));
        }
        try (ChangeSet set = writer.beginDryRun(TestChanges.source("b"))) {
            set.apply(TestChanges.revoked(TestChanges.KEY, RevocationReason.SUPERSEDED));
        }
        purger.round();
        assertThat(told).isEmpty();

        change(TestChanges.revoked(TestChanges.KEY, RevocationReason.SUPERSEDED));
        change(TestChanges.revoked(TestChanges.KEY, RevocationReason.SUPERSEDED));
        purger.round();
        assertThat(told).hasSize(1);
    }

    @Test
    void what_the_hook_does_not_take_is_told_again() throws Exception {
        change(TestChanges.declared(TestChanges.KEY));
        change(TestChanges.revoked(TestChanges.KEY, RevocationReason.SUPERSEDED));
        hookFails = true;
        assertThatThrownBy(purger::round).hasMessage("the hook is down");
        hookFails = false;
        purger.round();
        purger.round();

        assertThat(told).hasSize(1);
    }

    @Test
    void many_are_told_in_batches() throws Exception {
        for (int i = 1; i <= 120; i++) {
            change(TestChanges.declared(TestChanges.key(i)));
            change(TestChanges.revoked(TestChanges.key(i), RevocationReason.SUPERSEDED));
        }
        purger.round();

        assertThat(told).hasSize(3);
    }

    @Test
    void issuers_that_are_not_answered_for_have_no_answers() throws Exception {
        SerialKey other = new SerialKey(TestChanges.issuer("other"), TestChanges.KEY.serial());
        change(TestChanges.declared(other));
        change(TestChanges.revoked(other, RevocationReason.SUPERSEDED));
        purger.round();

        assertThat(told).isEmpty();
    }

    private void change(StatusChange change) {
        try (ChangeSet set = writer.begin(TestChanges.source(change.toString()))) {
            set.apply(change);
            set.commit();
        }
    }
}
