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
import org.precertocsp.responder.request.OcspQuery;
import org.precertocsp.responder.request.RequestDecoder;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

final class CachePurgerTest {
    private final List<String> told = new ArrayList<>();
    private final InMemoryStatusStore store = new InMemoryStatusStore();
    private boolean hookFails;
    private final CachePurger purger =
            new CachePurger(
                    Map.of(Facts.ISSUER, "example"),
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
        change(Facts.declared(Facts.KEY));
        purger.round();
        assertThat(told).isEmpty();

        change(Facts.revoked(Facts.KEY, RevocationReason.SUPERSEDED));
        purger.round();

        assertThat(told).hasSize(1);
        assertThat(told.getFirst())
                .startsWith(
                        "{\"surrogateKeys\":[\"example-%s\"],\"urls\":[\"http://"
                                .formatted(Facts.KEY.serial().toHex()))
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
                        new RequestDecoder(new RequestLimits(1))
                                .decode(Base64.getDecoder().decode(base64)))
                .isInstanceOfSatisfying(
                        OcspQuery.class,
                        query -> {
                            assertThat(query.certIds().getFirst().serial())
                                    .isEqualTo(Facts.KEY.serial());
                            assertThat(query.certIds().getFirst().issuerNameHash())
                                    .isEqualTo(
                                            Facts.ISSUER.nameHash(
                                                    query.certIds().getFirst().hashAlgorithm()));
                        });
    }

    @Test
    void what_is_not_committed_or_changes_nothing_is_not_purged() throws Exception {
        change(Facts.declared(Facts.KEY));
        try (ChangeSet set = writer.begin(Facts.source("a"))) {
            set.apply(Facts.revoked(Facts.KEY, RevocationReason.SUPERSEDED));
        }
        try (ChangeSet set = writer.beginDryRun(Facts.source("b"))) {
            set.apply(Facts.revoked(Facts.KEY, RevocationReason.SUPERSEDED));
        }
        purger.round();
        assertThat(told).isEmpty();

        change(Facts.revoked(Facts.KEY, RevocationReason.SUPERSEDED));
        change(Facts.revoked(Facts.KEY, RevocationReason.SUPERSEDED));
        purger.round();
        assertThat(told).hasSize(1);
    }

    @Test
    void what_the_hook_does_not_take_is_told_again() throws Exception {
        change(Facts.declared(Facts.KEY));
        change(Facts.revoked(Facts.KEY, RevocationReason.SUPERSEDED));
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
            change(Facts.declared(Facts.key(i)));
            change(Facts.revoked(Facts.key(i), RevocationReason.SUPERSEDED));
        }
        purger.round();

        assertThat(told).hasSize(3);
    }

    @Test
    void issuers_that_are_not_answered_for_have_no_answers() throws Exception {
        SerialKey other = new SerialKey(Facts.issuer("other"), Facts.KEY.serial());
        change(Facts.declared(other));
        change(Facts.revoked(other, RevocationReason.SUPERSEDED));
        purger.round();

        assertThat(told).isEmpty();
    }

    private void change(StatusChange change) {
        try (ChangeSet set = writer.begin(Facts.source(change.toString()))) {
            set.apply(change);
            set.commit();
        }
    }
}
