package io.reflux.benchmarks.fuzz;

import com.google.protobuf.ByteString;
import io.reflux.data.ImageDataSet;
import io.reflux.data.glyph.GlyphDataSet;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends hostile cases to a teacher in this process, 64 at a time: {@code PortFuzz [CASES [SEED]]}.
 *
 * <p>Every call must end with a status and every connection must close; the teacher must serve afterwards, without a stream left
 * and without more memory. The exit code is 1 if not. Case i of a seed is the same every time.
 */
public final class PortFuzz {

    private static final int AT_ONCE = 64;
    private static final long SECONDS = 60;
    /** Longer than the teacher's pings and their answers may take. */
    private static final Duration SETTLE = Duration.ofSeconds(6);

    private PortFuzz() {}

    /** Runs the cases and prints how they ended. */
    public static void main(String[] arguments) throws Exception {
        int cases = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
        FuzzReport report = run(cases, seed, SETTLE);
        System.out.println(report.table());
        System.exit(report.well() ? 0 : 1);
    }

    static FuzzReport run(int cases, long seed, Duration settle) throws Exception {
        ImageDataSet set = new GlyphDataSet(7, 100);
        Vertx vertx = Vertx.vertx();
        try (TeacherServer teacher = TeacherServer.start(
                TeacherConfig.builder(Path.of("fuzzed.onnx")).build(),
                OnnxRuntimeModel.open(Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8)), List.of(HostileCase.HINT), 1),
                List.of(set))) {
            return run(teacher, new HostileCaller(vertx, teacher.grpcPort()), set, cases, seed, settle);
        } finally {
            vertx.close().await(SECONDS, TimeUnit.SECONDS);
        }
    }

    private static FuzzReport run(
            TeacherServer teacher, HostileCaller caller, ImageDataSet set, int cases, long seed, Duration settle)
            throws Exception {
        ByteString fingerprint = Digests.fromHex(set.fingerprint());
        Map<String, Integer> ends = new ConcurrentHashMap<>();
        Semaphore turns = new Semaphore(AT_ONCE);
        long from = System.nanoTime();
        long heap = 0;
        for (int i = 0; i < cases; i++) {
            if (i == cases / 10) {
                heap = settledHeap(turns, settle);
            }
            turns.acquire();
            caller.send(HostileCase.of(seed * 1_000_000_007L + i, fingerprint)).onComplete(end -> {
                ends.merge(end.result(), 1, Integer::sum);
                turns.release();
            });
        }
        long growth = settledHeap(turns, settle) - heap;
        return new FuzzReport(cases, ends, streamsLeft(teacher), growth, (System.nanoTime() - from) / 1e9);
    }

    /** The heap when all cases have ended, and what watched their connections has seen that they are gone. */
    private static long settledHeap(Semaphore turns, Duration settle) throws InterruptedException, TimeoutException {
        if (!turns.tryAcquire(AT_ONCE, SECONDS, TimeUnit.SECONDS)) {
            throw new TimeoutException("cases without an end");
        }
        turns.release(AT_ONCE);
        TimeUnit.MILLISECONDS.sleep(settle.toMillis());
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** The last streams end a moment after their students know. */
    private static double streamsLeft(TeacherServer teacher) throws IOException, InterruptedException {
        double left = -1;
        for (int i = 0; i < 50 && left != 0; i++) {
            TimeUnit.MILLISECONDS.sleep(i == 0 ? 0 : 100);
            left = streams(teacher);
        }
        return left;
    }

    private static double streams(TeacherServer teacher) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + teacher.metricsPort() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("reflux_teacher_streams "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
