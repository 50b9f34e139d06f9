package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.AnswerConfig.Nonces;
import org.precertocsp.responder.answer.AnswerConfig.Unassigned;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.responder.ctlog.CtOnlySerialPolicy;
import org.precertocsp.responder.http.AddressRange;
import org.precertocsp.responder.http.HttpConfig;
import org.precertocsp.responder.logging.LoggingConfig;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;
import org.precertocsp.signer.key.KeyConfig.RsaHash;
import org.precertocsp.signer.key.KeyConfig.RsaPadding;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.KeySource.KeyOnToken;
import org.precertocsp.signer.key.KeySource.Token;
import org.precertocsp.signer.key.SecretSource;

final class ConfigReaderTest {
    @TempDir static Path folder;

    private static ConfigFiles files;

    @BeforeAll
    static void make_files() throws IOException {
        files = new ConfigFiles(folder);
    }

    @Test
    void half_done_requests_have_64_mebibytes_and_an_address_a_quarter_of_the_places()
            throws IOException, ConfigException {
        HttpConfig http = files.read(ConfigFiles.SMALLEST).http();

        assertThat(http.maxHeaderFields()).isEqualTo(64);
        assertThat(http.maxPendingBytes()).isEqualTo(64 << 20);
        assertThat(http.maxConnectionsPerAddress()).isEqualTo(http.maxConnections() / 4);
        assertThat(http.trustedProxies()).isEmpty();
    }

    @Test
    void proxies_are_trusted_by_ranges_of_addresses() throws IOException, ConfigException {
        HttpConfig http =
                files.read(
                                ConfigFiles.SMALLEST
                                        + "http: {trustedProxies: ['192.0.2.0/24', '::1']}\n")
                        .http();

        assertThat(http.trustedProxies())
                .containsExactly(AddressRange.parse("192.0.2.0/24"), AddressRange.parse("::1"));
    }

    @Test
    void caches_are_told_what_the_issuer_and_the_server_say() throws IOException, ConfigException {
        ServerConfig config =
                files.read(
                        ConfigFiles.SMALLEST
                                + "    http: {maxAge: 1h}\n"
                                + "http: {cache: {surrogateKey: Cache-Tag, purge:"
                                + " {urls: ['http://ocsp.example.com/'], command: {run: [a]}}}}\n");

        assertThat(config.issuers().getFirst().maxAge()).contains(Duration.ofHours(1));
        assertThat(config.caching().surrogateKeyHeader()).contains("Cache-Tag");
        assertThat(config.caching().purge().orElseThrow().urls())
                .containsExactly(URI.create("http://ocsp.example.com/"));
    }

    @Test
    void limits_that_do_not_fit_into_the_heap_are_warned_of() throws IOException, ConfigException {
        ServerConfig usual = files.read(ConfigFiles.SMALLEST);
        ServerConfig crowded =
                files.read(
                        ConfigFiles.SMALLEST
                                + "http: {limits: {connections: 1000000, pendingBytes: 1MiB}}\n");

        assertThat(MemoryPlan.of(usual, 0).warnings(usual, 4L << 30, 4L << 30)).isEmpty();
        assertThat(MemoryPlan.of(usual, 0).warnings(usual, 128 << 20, 4L << 30))
                .singleElement()
                .asString()
                .contains("10000 connections", "answers.cache", "a Java heap of 128 MiB");
        assertThat(MemoryPlan.of(crowded, 0).warnings(crowded, 64L << 30, 64L << 30))
                .singleElement()
                .asString()
                .contains("1 bytes for each of 1000000 connections");
    }

    @Test
    void a_plan_that_exceeds_the_machine_or_container_is_warned_of()
            throws IOException, ConfigException {
        ServerConfig large =
                files.read(
                        ConfigFiles.SMALLEST.replace(
                                        "directory: store", "directory: store\n  cache: 4GiB")
                                + "answers: {cache: 1GiB}\n");
        MemoryPlan plan = MemoryPlan.of(large, 20 << 20);

        assertThat(plan.warnings(large, 8L << 30, 8L << 30)).isEmpty();
        assertThat(plan.warnings(large, 8L << 30, 5L << 30))
                .singleElement()
                .asString()
                .contains(
                        "has 5120 MiB",
                        "store.cache 4096 MiB",
                        "filters and indexes of the store 20 MiB");
    }

    @Test
    void the_heap_follows_from_the_cache_of_answers() throws IOException, ConfigException {
        long small = MemoryPlan.of(files.read(ConfigFiles.SMALLEST), 0).heap();
        long large =
                MemoryPlan.of(files.read(ConfigFiles.SMALLEST + "answers: {cache: 1GiB}\n"), 0)
                        .heap();

        assertThat(small).isBetween(128L << 20, 512L << 20);
        assertThat(large).isBetween(1L << 30, 3L << 29);
    }

    @Test
    void the_smallest_configuration_is_store_and_issuer() throws IOException, ConfigException {
        ServerConfig config = files.read(ConfigFiles.SMALLEST);

        assertThat(config.store().directory()).isEqualTo(folder.resolve("store"));
        assertThat(config.spool().directory()).isEqualTo(folder.resolve("store-spool"));
        assertThat(config.admin()).isEmpty();
        assertThat(config.answers().nonces()).isEqualTo(Nonces.IGNORE);
        assertThat(config.answers().unassigned()).isEqualTo(Unassigned.UNAUTHORIZED);
        assertThat(config.logging()).isEqualTo(LoggingConfig.USUAL);
        assertThat(config.issuers())
                .containsExactly(
                        new Issuer(
                                "alpha",
                                List.of(folder.resolve("alpha.pem")),
                                List.of(),
                                IssuerProfile.TLS,
                                Duration.ofDays(2),
                                PresignMode.ASKED,
                                CtOnlySerialPolicy.ANSWER,
                                Optional.empty(),
                                Optional.empty()));
    }

    @Test
    void what_is_signed_ahead_is_chosen_for_each_issuer() throws IOException, ConfigException {
        for (PresignMode presign : PresignMode.values()) {
            String word = presign.name().toLowerCase(Locale.ROOT);
            ServerConfig config = files.read(ConfigFiles.SMALLEST + "    presign: " + word + "\n");

            assertThat(config.issuers().getFirst().presign()).isEqualTo(presign);
        }
    }

    @Test
    void relative_paths_start_at_the_files_folder_and_absolute_ones_stay()
            throws IOException, ConfigException {
        Path inside = Files.createDirectory(folder.resolve("etc"));
        Path file = inside.resolve("c.yaml");
        Files.writeString(
                file,
                ConfigFiles.SMALLEST
                        .replace("directory: store", "directory: /var/lib/store")
                        .replace("alpha.pem", "../alpha.pem"));

        ServerConfig config = ConfigReader.read(file);

        assertThat(config.store().directory()).isEqualTo(Path.of("/var/lib/store"));
        assertThat(config.issuers().getFirst().certificates())
                .containsExactly(folder.resolve("alpha.pem"));
    }

    @Test
    void the_private_port_is_on_loopback_unless_told_otherwise()
            throws IOException, ConfigException {
        ServerConfig config = files.read(ConfigFiles.SMALLEST + "admin:\n");

        InetSocketAddress listen = config.admin().orElseThrow().listen();
        assertThat(listen.getAddress().isLoopbackAddress()).isTrue();
        assertThat(listen.getPort()).isEqualTo(8081);
    }

    @Test
    void addresses_may_be_every_host_and_ipv6() throws IOException, ConfigException {
        ServerConfig config =
                files.read(
                        ConfigFiles.SMALLEST
                                + "http: {listen: ['*:80', '[::1]:8080', '[::1]:0']}\n");

        assertThat(config.http().listen()).hasSize(3);
        assertThat(config.http().listen().getFirst().getAddress().isAnyLocalAddress()).isTrue();
        assertThat(config.http().listen().get(1).getAddress().isLoopbackAddress()).isTrue();
        assertThat(config.http().listen().get(1).getPort()).isEqualTo(8080);
    }

    @Test
    void a_path_loses_the_slash_at_its_end() throws IOException, ConfigException {
        assertThat(files.read(ConfigFiles.SMALLEST + "http: {path: /ca/ocsp/}\n").http().path())
                .isEqualTo("/ca/ocsp");
    }

    @Test
    void cross_certificates_share_an_issuer() throws IOException, ConfigException {
        ServerConfig config =
                files.read(
                        ConfigFiles.SMALLEST.replace(
                                "[alpha.pem]", "[alpha.der, alpha-cross.pem]"));

        assertThat(config.issuers().getFirst().certificates()).hasSize(2);
    }

    @Test
    void anchors_and_aliases_spare_repetition() throws IOException, ConfigException {
        ServerConfig config =
                files.read(
                        """
                        store: {directory: store}
                        issuers:
                          - name: alpha
                            certificates: alpha.pem
                            profile: tls
                            responder: &same
                              key: {pem: {file: key.pem}}
                          - name: beta
                            certificates: beta.pem
                            profile: tls
                            responder: *same
                        """);

        assertThat(config.issuers().getFirst().credential())
                .isPresent()
                .isEqualTo(config.issuers().getLast().credential());
    }

    @Requirement("CR-08")
    @Test
    void a_policy_switch_adds_reasons_the_profile_lacks() throws IOException, ConfigException {
        ServerConfig config =
                files.read(
                        ConfigFiles.SMALLEST
                                + "    reasons: {allow: [cACompromise, aACompromise, 4]}\n");

        assertThat(IssuerProfile.TLS.allowedReasons())
                .doesNotContain(RevocationReason.CA_COMPROMISE, RevocationReason.AA_COMPROMISE);
        assertThat(config.issuers().getFirst().profile().allowedReasons())
                .containsAll(IssuerProfile.TLS.allowedReasons())
                .contains(RevocationReason.CA_COMPROMISE, RevocationReason.AA_COMPROMISE)
                .doesNotContain(RevocationReason.CERTIFICATE_HOLD);
    }

    @Test
    void smime_issuers_may_suspend_where_their_generation_allows_it()
            throws IOException, ConfigException {
        ServerConfig config =
                files.read(
                        ConfigFiles.SMALLEST.replace("tls", "smime")
                                + "    reasons: {allow: [certificateHold]}\n");

        assertThat(config.issuers().getFirst().profile().allowedReasons())
                .contains(RevocationReason.CERTIFICATE_HOLD);
    }

    @Requirement({"SA-12", "RT-05"})
    @Test
    void retention_may_be_longer_than_the_profile_demands() throws IOException, ConfigException {
        String longer = ConfigFiles.SMALLEST.replace("tls", "code-signing");

        assertThat(files.read(longer).issuers().getFirst().profile())
                .isEqualTo(IssuerProfile.CODE_SIGNING);
        assertThat(
                        files.read(longer + "    retention: 4000d\n")
                                .issuers()
                                .getFirst()
                                .profile()
                                .retentionPastExpiry())
                .contains(Duration.ofDays(4000));
    }

    @Test
    void a_private_pki_may_go_on_answering_past_expiry() throws IOException, ConfigException {
        ServerConfig config =
                files.read(
                        ConfigFiles.SMALLEST.replace("tls", "private")
                                + "    retention: 30d\n    validity: 366d\n");

        assertThat(config.issuers().getFirst().profile().retentionPastExpiry())
                .contains(Duration.ofDays(30));
        assertThat(config.issuers().getFirst().validity()).isEqualTo(Duration.ofDays(366));
    }

    @Test
    void a_key_on_a_token_is_named_by_slot_and_id_too() throws IOException, ConfigException {
        ServerConfig config =
                files.read(
                        ConfigFiles.RESPONDER
                                + """
                                        pkcs11:
                                          library: module.so
                                          slot: 0x1a2b
                                          id: 0A1F
                                          pin: {environment: OCSP_PIN}
                                      certificate: delegate.pem
                                      warnBefore: 30d
                                      rsa: {padding: pss, hash: sha512}
                                signing: {provider: bouncy-castle}
                                """);

        KeySource token =
                new KeySource.Pkcs11(
                        folder.resolve("module.so"),
                        new Token.Slot(0x1a2b),
                        new KeyOnToken.Id("0a1f"),
                        new SecretSource.FromEnvironment("OCSP_PIN"));
        assertThat(config.issuers().getFirst().credential())
                .contains(
                        new CredentialSource(
                                new KeyConfig(
                                        token,
                                        RsaPadding.PSS,
                                        RsaHash.SHA512,
                                        ProviderChoice.BOUNCY_CASTLE),
                                Optional.of(folder.resolve("delegate.pem")),
                                Duration.ofDays(30)));
    }

    @Test
    void a_file_that_is_not_there_is_an_io_matter() {
        assertThatThrownBy(() -> ConfigReader.read(folder.resolve("gone.yaml")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
