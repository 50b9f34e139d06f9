package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.RequiredTools;
import org.precertocsp.responder.alert.AlertAuditRecorder;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.AlertService;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.task.BackgroundTasks;

/// The console of `demo --admin-plain` in headless Chromium.
@TestMethodOrder(OrderAnnotation.class)
final class ConsoleIT {
    private static final Pattern ADDRESS = Pattern.compile("console on (http://\\S+)");
    private static final Path PICTURES = Path.of("target/console");
    private static final String HOSTILE = "<img src=x onerror=alert(1)>";

    @TempDir static Path directory;
    @TempDir static Path profile;
    private static Distribution.Server server;
    private static Browser browser;
    private static String page = "";

    @BeforeAll
    static void start() throws IOException {
        Path chromium = RequiredTools.program("chromium", "chromium-browser");
        raiseAlert();
        server =
                Distribution.start(
                        directory,
                        Map.of(),
                        "demo",
                        "--admin-plain",
                        "--port",
                        "0",
                        "--admin-port",
                        "0",
                        "--dir",
                        directory.toString());
        Matcher told = ADDRESS.matcher(Files.readString(server.log()));
        assertThat(told.find()).isTrue();
        page = told.group(1);
        browser = Browser.start(chromium, profile);
        Files.createDirectories(PICTURES);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /// As an earlier run would have left it.
    private static void raiseAlert() throws IOException {
        AlertConfig config =
                new AlertConfig(
                        directory.resolve("store-alerts"),
                        Duration.ofDays(1),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        List.of(),
                        false,
                        List.of());
        try (AlertService desk =
                AlertService.start(
                        BackgroundTasks.logged(),
                        config,
                        List.of(),
                        AlertAuditRecorder.NONE,
                        Clock.systemUTC())) {
            desk.raise(
                    new Incident(
                            Incident.Kind.LOG_SILENT,
                            "log.example/2026h2",
                            "It has not answered for 61 minutes " + HOSTILE + "."));
        }
    }

    @BeforeEach
    void show() {
        browser.look(1280, 900, "light");
        browser.open("about:blank");
    }

    @AfterEach
    void the_browser_logged_no_error() {
        if (browser != null) {
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void open(String view) {
        browser.open(page + view);
        browser.until(
                view.startsWith("#lookup")
                        ? "document.querySelector('#lookup-form')?.checkVisibility()"
                        : "document.querySelector('#summary .headline') &&"
                                + " document.querySelector('#audit .part')");
    }

    private static String lookUp(String text) {
        open("#lookup");
        browser.value("document.querySelector('#query').focus()");
        browser.type(text);
        browser.click("#lookup-form button");
        return found();
    }

    private static String found() {
        browser.until(
                "document.querySelector('.result') && !document.querySelector('[aria-busy]')");
        return browser.value("document.querySelector('#results').innerText").asText();
    }

    private static String serial(String file) {
        return Command.run(directory, "openssl", "x509", "-in", file, "-noout", "-serial")
                .output()
                .strip();
    }

    @Test
    @Order(1)
    void an_operator_sees_the_overview() {
        open("");
        browser.until("document.body.innerText.includes('Intact')");

        assertThat(browser.text())
                .contains("All functions work", "1 open alert", "Signing", "Renewals", "Spool")
                .contains("Next planned", "Due within an hour", "Due within a day")
                .contains("Intact", "Serials", "local operator", HOSTILE);
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "360, light", "360, dark"})
    @Order(2)
    void it_fits_and_can_be_read_at_any_width_and_in_the_dark(int width, String scheme)
            throws IOException {
        String name = (width < 600 ? "phone-" : "desktop-") + scheme + ".png";
        browser.look(width, 800, scheme);
        open("");
        assertFitsAndReadable(width);
        browser.photograph(PICTURES.resolve("overview-" + name));

        open("#lookup");
        browser.choose("#file", directory.resolve("revoked.pem"));
        assertThat(found()).contains("Revoked");
        browser.value("document.querySelectorAll('details').forEach(it => it.open = true)");
        assertFitsAndReadable(width);
        browser.value("document.querySelectorAll('details').forEach(it => it.open = false)");
        browser.photograph(PICTURES.resolve("lookup-" + name));
    }

    private static void assertFitsAndReadable(int width) throws IOException {
        assertThat(browser.value("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(width);
        JsonNode faint = browser.value(script("contrast.js"));
        assertThat(faint).as("text of less contrast than 4.5 : 1").isEmpty();
    }

    private static String script(String name) throws IOException {
        try (InputStream script = ConsoleIT.class.getResourceAsStream(name)) {
            if (script == null) {
                throw new IllegalStateException(name + " is not beside " + ConsoleIT.class);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @Order(3)
    void a_pasted_precertificate_shows_state_evidence_and_the_decoded_answer() throws IOException {
        String shown = lookUp(Files.readString(directory.resolve("precertificate.pem")));

        assertThat(shown)
                .contains("Good", "CN=precertificate.example", "part of the evidence")
                .contains("Loaded: precertificate", "certificates, ", "Response signed")
                .containsIgnoringCase("SHA256WITHECDSA")
                .contains("key hash ", "CN=precert-ocsp demo responder");
        String base64 = browser.value("document.querySelector('.raw').textContent").asText();
        Path response =
                Files.write(
                        directory.resolve("shown.ocsp"), Base64.getMimeDecoder().decode(base64));
        assertThat(
                        Command.run(
                                        directory,
                                        "openssl",
                                        "ocsp",
                                        "-respin",
                                        response.toString(),
                                        "-issuer",
                                        "issuer.pem",
                                        "-cert",
                                        "precertificate.pem",
                                        "-CAfile",
                                        "root.pem")
                                .output())
                .contains("Response verify OK", "precertificate.pem: good");
    }

    @Test
    @Order(3)
    void a_dropped_file_is_looked_up_whether_pem_or_der() throws IOException {
        byte[] der =
                Base64.getMimeDecoder()
                        .decode(
                                Files.readString(directory.resolve("issued.pem"))
                                        .replaceAll("-----.*-----", ""));
        Path file = Files.write(directory.resolve("issued.der"), der);
        open("#lookup");
        browser.drop(file);
        assertThat(found()).contains("Good", "CN=issued.example");

        open("#lookup");
        browser.drop(directory.resolve("psc-precertificate.pem"));
        assertThat(found()).contains("Good", "CN=psc.example");
    }

    @Test
    @Order(3)
    void a_serial_is_looked_up_as_openssl_prints_it_and_has_an_address() {
        assertThat(lookUp(serial("revoked.pem"))).contains("Revoked on", "keyCompromise");
        String address = browser.value("location.href").asText();

        browser.open("about:blank");
        browser.open(address);

        assertThat(found()).contains("Revoked on");
        assertThat(lookUp("7777")).contains("Unassigned", "unauthorized");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAA=", "not a certificate", "zz:zz"})
    @Order(3)
    void unreadable_input_shows_an_error_message(String text) {
        open("#lookup");
        browser.value("document.querySelector('#query').focus()");
        browser.type(text);
        browser.click("#lookup-form button");

        browser.until("document.querySelector('#error .banner')");
        assertThat(browser.value("document.querySelector('#error').innerText").asText())
                .contains("A field has a value that is not accepted", "certificate");
    }

    @Test
    @Order(4)
    void everything_can_be_done_with_the_keyboard_alone() {
        open("");
        browser.tab();
        assertThat(focused()).isEqualTo("Skip to content");
        browser.enter();
        assertThat(browser.value("document.activeElement.id").asText()).isEqualTo("main");
        tabTo("Acknowledge");
        browser.enter();
        browser.until("document.querySelector('dialog').open");
        browser.type("its operator was called");
        browser.tab();
        browser.tab();
        assertThat(focused()).isEqualTo("Acknowledge");
        browser.enter();
        browser.until("document.querySelector('#alerts').innerText.includes('No open alerts')");
        assertThat(browser.value("document.querySelector('#alerts').textContent").asText())
                .contains("its operator was called", "operator/local");
        assertThat(browser.value("document.querySelector('#announcement').textContent").asText())
                .contains("acknowledged by operator/local");

        browser.value("document.querySelector('.skip').focus()");
        tabTo("Certificate status");
        browser.enter();
        browser.until("location.hash === '#lookup'");
        tabTo("");
        browser.type(serial("issued.pem"));
        tabTo("Look up");
        browser.enter();
        assertThat(found()).contains("Good");
        tabTo("Response as base64");
        browser.enter();
        assertThat(browser.value("document.querySelector('.result details').open").asBoolean())
                .isTrue();
    }

    private static String focused() {
        return browser.value("document.activeElement.innerText ?? ''").asText();
    }

    /// Goes on to what begins so, and sees that each step shows where the focus is.
    private static void tabTo(String label) {
        String wanted =
                label.isEmpty()
                        ? "document.activeElement.tagName === 'TEXTAREA'"
                        : "document.activeElement.innerText.startsWith('%s')".formatted(label);
        for (int i = 0; i < 40; i++) {
            browser.tab();
            assertThat(
                            browser.value("getComputedStyle(document.activeElement).outlineStyle")
                                    .asText())
                    .as(focused())
                    .isNotEqualTo("none");
            if (browser.value(wanted).asBoolean()) {
                return;
            }
        }
        throw new AssertionError("the keyboard does not lead to " + label);
    }

    @Test
    @Order(5)
    void another_site_cannot_frame_it_or_act_in_its_readers_name() {
        String refused =
                Command.run(
                                directory,
                                "curl",
                                "-sS",
                                "-H",
                                "Origin: https://evil.example",
                                "-H",
                                "Content-Type: application/json",
                                "-d",
                                "{}",
                                page + "v1/reload")
                        .output();

        assertThat(refused).contains("/v1/problems/forbidden");
        assertThat(Command.run(directory, "curl", "-sSi", page).output())
                .contains("frame-ancestors 'none'");
    }
}
