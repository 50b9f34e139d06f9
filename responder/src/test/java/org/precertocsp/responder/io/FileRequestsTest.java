package org.precertocsp.responder.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileRequestsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir Path directory;
    private FileRequests requests;

    @BeforeEach
    void create() {
        requests = new FileRequests(directory, ".request", ".reply");
    }

    @Test
    void request_is_handled_once_and_its_reply_returned() throws Exception {
        List<FileRequests.Request> handled = new ArrayList<>();
        CompletableFuture<byte[]> reply = sent("a question", LONG);
        await(
                () -> {
                    requests.handleAll(
                            request -> {
                                handled.add(request);
                                return "an answer".getBytes(UTF_8);
                            });
                    return !handled.isEmpty();
                });

        assertThat(reply.join()).asString(UTF_8).isEqualTo("an answer");
        assertThat(handled).hasSize(1);
        assertThat(handled.getFirst().content().toArray()).asString(UTF_8).isEqualTo("a question");
        assertThat(handled.getFirst().owner()).isEqualTo(System.getProperty("user.name"));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void command_learns_that_no_server_is_there_and_leaves_nothing() {
        assertThatThrownBy(() -> requests.send(new byte[0], SHORT, LONG))
                .isInstanceOf(FileRequests.NotTaken.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void request_that_fails_halfway_is_not_done_twice() throws Exception {
        CompletableFuture<byte[]> reply = sent("a question", SHORT);
        List<String> tried = new ArrayList<>();
        await(
                () -> {
                    try {
                        requests.handleAll(
                                _ -> {
                                    tried.add("once");
                                    throw new IllegalStateException("a bug");
                                });
                    } catch (IllegalStateException _) {
                        return true;
                    }
                    return false;
                });
        requests.handleAll(
                _ -> {
                    tried.add("twice");
                    return new byte[0];
                });

        assertThat(tried).containsExactly("once");
        assertThatThrownBy(reply::join).hasCauseInstanceOf(FileRequests.NoReply.class);
    }

    @Test
    void unfinished_and_other_files_are_left_alone() throws Exception {
        Files.writeString(directory.resolve(".1.request"), "half");
        Files.writeString(directory.resolve("1.reply"), "another's");

        requests.handleAll(
                _ -> {
                    throw new IllegalStateException("nothing to handle");
                });

        assertThat(directory.resolve(".1.request")).exists();
        assertThat(directory.resolve("1.reply")).exists();
    }

    private CompletableFuture<byte[]> sent(String content, Duration replied) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return requests.send(content.getBytes(UTF_8), LONG, replied);
                    } catch (FileRequests.NoReply e) {
                        throw new CompletionException(e);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
