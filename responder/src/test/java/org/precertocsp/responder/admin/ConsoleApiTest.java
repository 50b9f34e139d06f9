package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.admin.TestApiServer.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;

/// What people see through the API, and that nobody else's page does it for them. Each test has
/// serials of its own.
final class ConsoleApiTest extends SharedApiServer {
    @BeforeEach
    void forget() {
        api.alerts.reopen();
        api.loaded.clear();
    }

    private static JsonNode lookUp(String json) {
        HttpResponse<String> response = api.post("viewer", "lookups", json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static JsonNode lookUpDocument(String pem) {
        HttpResponse<String> response =
                api.send(
                        "viewer", "POST", "lookups", pem, "Content-Type", "application/x-pem-file");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    @Test
    @Requirement({"SS-01", "IS-06"})
    void a_precertificate_brought_is_good_with_its_evidence_and_a_decoded_answer() {
        String precertificate = api.precertificate(0x5b01);
        submit(precertificate);

        JsonNode told = lookUpDocument(precertificate);

        assertThat(told.at("/document/kind").asText()).isEqualTo("precertificate");
        assertThat(told.at("/document/known").asBoolean()).isTrue();
        assertThat(told.at("/found/0/status/state").asText()).isEqualTo("good");
        assertThat(told.at("/found/0/status/evidence/0/documentSha256"))
                .isEqualTo(told.at("/document/sha256"));
        JsonNode response = told.at("/found/0/answer/response");
        assertThat(response.path("certStatus").asText()).isEqualTo("good");
        assertThat(response.path("algorithm").asText()).isEqualToIgnoringCase("SHA256WITHECDSA");
        assertThat(response.path("responder").asText()).startsWith("key hash ");
        assertThat(response.path("thisUpdate").asText()).isEqualTo(TestApiServer.NOW.toString());
        assertThat(Base64.getDecoder().decode(response.path("base64").asText()))
                .hasSize(response.path("octets").asInt());
    }

    @Test
    @Requirement("SS-03")
    void what_nobody_brought_is_unassigned_and_clients_are_told_unauthorized() {
        JsonNode told = lookUpDocument(api.precertificate(0x5b02));

        assertThat(told.at("/document/known").asBoolean()).isFalse();
        assertThat(told.at("/found/0/status/state").asText()).isEqualTo("unassigned");
        assertThat(told.at("/found/0/answer/status").asText()).isEqualTo("unauthorized");
        assertThat(told.at("/found/0/answer/response").isMissingNode()).isTrue();
        assertThat(json(api.get("viewer", "issuers/tls/serials/5b02")).path("state").asText())
                .isEqualTo("unassigned");
    }

    @Test
    @Requirement("CR-11")
    void a_serial_is_found_under_the_issuer_that_knows_it_with_its_revocation() {
        submit(api.precertificate(0x5b03));
        api.post(
                "revoker",
                "revocations",
                "{\"issuer\": \"tls\", \"serial\": \"5b03\", \"reason\": \"superseded\"}");

        JsonNode told = lookUp("{\"serial\": \"5b03\"}");

        assertThat(told.path("found")).hasSize(1);
        assertThat(told.at("/found/0/status/issuer").asText()).isEqualTo("tls");
        assertThat(told.at("/found/0/status/revocation/reason").asText()).isEqualTo("superseded");
        assertThat(told.at("/found/0/answer/response/certStatus").asText()).isEqualTo("revoked");
        assertThat(told.at("/found/0/answer/response/reason").asText()).isEqualTo("superseded");
    }

    @Test
    void a_serial_nobody_knows_is_told_of_every_issuer() {
        assertThat(lookUp("{\"serial\": \"77\"}").path("found")).hasSize(2);
        assertThat(lookUp("{\"serial\": \"77\", \"issuer\": \"tls\"}").path("found")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}| 400| ''| exactly one",
                "{\"serial\": \"77\", \"certificate\": \"MA==\"}| 400| ''| exactly one",
                "{\"serial\": \"xyz\"}| 422| serial| xyz",
                "{\"serial\": \"77\", \"issuer\": \"nobody\"}| 422| issuer| no configured",
                "{\"certificate\": \"MAA=\"}| 422| certificate| not a certificate"
            })
    void what_cannot_be_looked_up_is_refused_in_words(
            String asked, int status, String field, String words) {
        HttpResponse<String> response = api.post("viewer", "lookups", asked);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).path("field").asText()).isEqualTo(field);
        assertThat(json(response).path("detail").asText()).contains(words);
    }

    @Test
    void a_certificate_of_another_ca_is_refused_saying_whose_it_is() {
        String foreign =
                TestCa.pem(
                        "CERTIFICATE",
                        TestCa.encoded(TestCa.root("Elsewhere").precertificate(BigInteger.TWO)));

        HttpResponse<String> response =
                api.send(
                        "viewer",
                        "POST",
                        "lookups",
                        foreign,
                        "Content-Type",
                        "application/x-pem-file");

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json(response).path("detail").asText()).contains("Elsewhere");
    }

    @Test
    void an_alert_is_acknowledged_in_the_callers_name_and_the_first_one_stays() {
        String path = "alerts/" + FakeAlerts.ID + "/acknowledgement";

        HttpResponse<String> first = api.post("operator", path, "{\"note\": \"disk replaced\"}");
        api.post("operator", path, "{\"note\": \"too late\"}");

        assertThat(first.statusCode()).isEqualTo(200);
        JsonNode alerts = json(api.get("viewer", "alerts"));
        assertThat(alerts.path("open")).isEmpty();
        assertThat(alerts.at("/acknowledged/0/acknowledgement/by").asText())
                .isEqualTo("operator/operator");
        assertThat(alerts.at("/acknowledged/0/acknowledgement/note").asText())
                .isEqualTo("disk replaced");
    }

    @ParameterizedTest
    @ValueSource(strings = {"issuer", "revoker", "viewer"})
    void only_operators_acknowledge(String role) {
        HttpResponse<String> response =
                api.post(role, "alerts/" + FakeAlerts.ID + "/acknowledgement", "{}");

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(api.alerts.open()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x"
            })
    void what_a_form_can_send_acknowledges_nothing(String type) {
        HttpResponse<String> response =
                api.send(
                        "operator",
                        "POST",
                        "alerts/" + FakeAlerts.ID + "/acknowledgement",
                        "{}",
                        "Content-Type",
                        type);

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(api.alerts.open()).hasSize(1);
    }

    @Test
    void no_route_does_what_a_page_of_another_site_asks() {
        String port = ":" + api.server.port().orElseThrow();
        JsonNode paths = json(api.get("viewer", "openapi.json")).path("paths");
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            String address =
                    path.getKey()
                            .substring("/v1/".length())
                            .replace("{alert}", FakeAlerts.ID)
                            .replaceAll("\\{\\w+}", "tls");
            String method =
                    path.getValue()
                            .properties()
                            .iterator()
                            .next()
                            .getKey()
                            .toUpperCase(Locale.ROOT);
            for (String origin :
                    new String[] {
                        "https://evil.example",
                        "null",
                        "http://127.0.0.1" + port,
                        "https://127.0.0.1:1",
                        "https://127.0.0.1" + port + ".evil.example"
                    }) {
                assertRefused(method, address, "Origin", origin);
            }
            for (String site : new String[] {"cross-site", "same-site"}) {
                assertRefused(method, address, "Sec-Fetch-Site", site);
            }
        }
        assertThat(api.alerts.open()).hasSize(1);
        assertThat(api.reloads).hasValue(0);
    }

    private static void assertRefused(String method, String path, String header, String value) {
        HttpResponse<String> response =
                api.send(
                        "operator",
                        method,
                        path,
                        "{}",
                        "Content-Type",
                        "application/json",
                        header,
                        value);

        assertThat(response.statusCode())
                .as("%s %s, %s: %s", method, path, header, value)
                .isEqualTo(403);
    }

    @Test
    void the_overview_tells_how_everything_fares() {
        JsonNode overview = json(api.get("viewer", "overview"));

        assertThat(overview.at("/health/0/problem").asText()).isEqualTo("disk full");
        assertThat(overview.at("/issuers/0/signing/refused/queue_full").asLong()).isEqualTo(4);
        assertThat(overview.at("/feeds/recent/0/refusedFile").asText()).contains("no serial");
        assertThat(overview.at("/audit/problems/0").asText()).contains("record 3");
        assertThat(overview.path("moments")).hasSize(1);
    }

    @Test
    void an_upload_is_told_of_like_a_file_in_the_spool() {
        api.send(
                "operator",
                "POST",
                "loads/csv?issuer=tls&name=list.csv",
                "serial\n5b09\n",
                "Content-Type",
                "text/csv");

        assertThat(api.loaded).extracting(it -> it.file()).containsExactly("list.csv");
    }

    @ParameterizedTest
    @ValueSource(strings = {"issuer", "viewer"})
    void callers_are_told_who_they_are(String role) {
        JsonNode caller = json(api.get(role, "caller"));

        assertThat(caller.path("name").asText()).isEqualTo(role);
        assertThat(caller.path("roles")).extracting(JsonNode::asText).containsExactly(role);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/console.js", "/console.css", "/icon.svg"})
    void the_page_and_its_files_keep_to_themselves(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(api.uri("").resolve(path)).build();
        try (var client = TestApiServer.newClient(api.authority.client("viewer"))) {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'none'")
                    .doesNotContain("unsafe", "*", "http");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(response.body()).doesNotContain("innerHTML", "style=\"", "onclick=");
        }
    }
}
