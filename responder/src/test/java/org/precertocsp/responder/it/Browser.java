package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// Headless Chromium with one page, spoken to by its DevTools protocol: what this takes of it is
/// small, and its own driver would have to be told most of it in the same words.
final class Browser implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long PATIENCE_SECONDS = 30;
    private static final String LISTENING = "DevTools listening on ";

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final WebSocket socket;
    private String session = "";

    private Browser(Process process, URI devTools) {
        this.process = process;
        this.socket = http.newWebSocketBuilder().buildAsync(devTools, new Messages()).join();
    }

    /// @param profile a new folder
    static Browser start(Path program, Path profile) throws IOException {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                program.toString(),
                                "--headless=new",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + profile,
                                "--no-first-run",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-extensions",
                                "--disable-component-update",
                                "--disable-background-networking",
                                "--hide-scrollbars",
                                "--force-color-profile=srgb",
                                "about:blank"));
        if (System.getProperty("user.name").equals("root")) {
            // Its sandbox wants another user; the only page shown is our own.
            words.add("--no-sandbox");
        }
        Process process =
                new ProcessBuilder(words).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader said = process.errorReader();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(LISTENING)) {
                Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
                Browser browser =
                        new Browser(process, URI.create(line.substring(LISTENING.length())));
                browser.attach();
                return browser;
            }
        }
        throw new IOException(program + " ended without a DevTools address");
    }

    private void attach() {
        String target =
                send("Target.createTarget", Map.of("url", "about:blank")).path("targetId").asText();
        session =
                send("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                        .path("sessionId")
                        .asText();
        for (String domain : List.of("Page", "Runtime", "Log", "DOM")) {
            send(domain + ".enable", Map.of());
        }
    }

    /// Waits for the reply; an error is the test's.
    JsonNode send(String method, Map<String, ?> parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        waiting.put(id, reply);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        socket.sendText(message.toString(), true).join();
        try {
            JsonNode answer = reply.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(answer.path("error").toString()).as(method).isEmpty();
            return answer.path("result");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("no reply to " + method, e);
        }
    }

    void open(String url) {
        send("Page.navigate", Map.of("url", url));
    }

    /// The value of a JavaScript expression; promises are waited for.
    JsonNode value(String expression) {
        JsonNode result =
                send(
                        "Runtime.evaluate",
                        Map.of(
                                "expression",
                                expression,
                                "awaitPromise",
                                true,
                                "returnByValue",
                                true));
        assertThat(result.path("exceptionDetails").toString()).as(expression).isEmpty();
        return result.path("result").path("value");
    }

    /// Waits until the expression is true, in whatever page there is by then.
    void until(String expression) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String patient =
                "new Promise(done => { let left = 20; const look = () => (%s) ? done(true) : left-- ? setTimeout(look, 25) : done(false); look(); })"
                        .formatted(expression);
        while (!value(patient).asBoolean()) {
            assertThat(System.nanoTime()).as("%s; page: %s", expression, text()).isLessThan(end);
        }
    }

    /// What a reader sees.
    String text() {
        return value("document.body?.innerText ?? ''").asText();
    }

    void click(String selector) {
        value("document.querySelector('%s').click()".formatted(selector));
    }

    /// A key by its DOM name, such as Tab.
    void press(String key, int code) {
        Map<String, Object> event =
                new HashMap<>(Map.of("key", key, "code", key, "windowsVirtualKeyCode", code));
        event.put("type", "keyUp");
        Map<String, Object> down = new HashMap<>(event);
        down.put("type", "keyDown");
        if (key.equals("Enter")) {
            down.put("text", "\r");
        }
        send("Input.dispatchKeyEvent", down);
        send("Input.dispatchKeyEvent", event);
    }

    void tab() {
        press("Tab", 9);
    }

    void enter() {
        press("Enter", 13);
    }

    /// Into what has the focus.
    void type(String text) {
        send("Input.insertText", Map.of("text", text));
    }

    /// A file dragged from a folder and let go in the middle of the window.
    void drop(Path file) {
        Map<String, Object> data =
                Map.of(
                        "items",
                        List.of(),
                        "files",
                        List.of(file.toString()),
                        "dragOperationsMask",
                        1);
        for (String type : List.of("dragEnter", "dragOver", "drop")) {
            send("Input.dispatchDragEvent", Map.of("type", type, "x", 200, "y", 200, "data", data));
        }
    }

    void choose(String selector, Path file) {
        JsonNode root = send("DOM.getDocument", Map.of()).path("root");
        JsonNode input =
                send(
                        "DOM.querySelector",
                        Map.of("nodeId", root.path("nodeId").asInt(), "selector", selector));
        send(
                "DOM.setFileInputFiles",
                Map.of("nodeId", input.path("nodeId").asInt(), "files", List.of(file.toString())));
    }

    void look(int width, int height, String scheme) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 600));
        send(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /// The whole page, however long.
    void photograph(Path file) throws IOException {
        JsonNode size = send("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
        JsonNode picture =
                send(
                        "Page.captureScreenshot",
                        Map.of(
                                "format",
                                "png",
                                "captureBeyondViewport",
                                true,
                                "clip",
                                Map.of(
                                        "x",
                                        0,
                                        "y",
                                        0,
                                        "scale",
                                        1,
                                        "width",
                                        size.path("width").asInt(),
                                        "height",
                                        size.path("height").asInt())));
        Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
    }

    /// Errors of scripts, what the page's policy forbade, files that were not there.
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    private void hear(JsonNode message) {
        JsonNode parameters = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" ->
                    complaints.add(parameters.path("exceptionDetails").toString());
            case "Log.entryAdded" -> {
                // A refusal of the API is what the page must tell of, no fault of its own.
                if (!parameters.at("/entry/level").asText().equals("info")
                        && !parameters.at("/entry/url").asText().contains("/v1/")) {
                    complaints.add(parameters.path("entry").toString());
                }
            }
            case "Runtime.consoleAPICalled" -> {
                if (parameters.path("type").asText().matches("error|warning|assert")) {
                    complaints.add(parameters.path("args").toString());
                }
            }
            default -> {
                CompletableFuture<JsonNode> reply = waiting.remove(message.path("id").asInt());
                if (reply != null) {
                    reply.complete(message);
                }
            }
        }
    }

    private final class Messages implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    hear(JSON.readTree(text.toString()));
                } catch (IOException e) {
                    complaints.add(e.toString());
                }
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    /// Ends the processes started, and waits for them: their profile is about to be removed.
    @Override
    public void close() {
        socket.abort();
        http.close();
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(it -> it.onExit().join());
    }
}
