package io.reflux.teacher.server;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.reflux.data.DataSet;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.proto.credentials.CredentialsException;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.access.Clients;
import io.reflux.teacher.access.Refusals;
import io.reflux.teacher.admin.AdminServer;
import io.reflux.teacher.batcher.Batcher;
import io.reflux.teacher.batcher.BatcherConfig;
import io.reflux.teacher.batcher.SliceComputer;
import io.reflux.teacher.cache.CacheException;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.engine.EngineSlot;
import io.reflux.teacher.engine.FileWatch;
import io.reflux.teacher.engine.FixedShape;
import io.reflux.teacher.engine.TeacherEngine;
import io.reflux.teacher.fidelity.FidelitySampler;
import io.reflux.teacher.label.LabelStreams;
import io.reflux.teacher.label.Offer;
import io.reflux.teacher.lookup.Lookups;
import io.reflux.teacher.metrics.FidelityMetrics;
import io.reflux.teacher.metrics.JvmMetrics;
import io.reflux.teacher.metrics.TeacherMetrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A teacher service that runs. {@link #start} and {@link #close} block and must not be called on an event loop.
 */
public final class TeacherServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TeacherServer.class);

    private static final long STEP_SECONDS = 10;

    private final TeacherConfig config;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicBoolean closed = new AtomicBoolean();

    /** How to undo the start, last step first. */
    private final Deque<Runnable> undo = new ArrayDeque<>();

    private final EngineSlot slot;
    private final LabelStreams streams;
    private final ModelSwap swap;
    private final GrpcPort grpc;
    private final AdminServer admin;

    private TeacherServer(TeacherConfig config, InferenceModel model, List<? extends DataSet> dataSets) {
        this.config = config;
        undo.push(registry::close);
        undo.push(model::close);
        try {
            TeacherEngine engine =
                    new TeacherEngine(config.model().getFileName().toString(), model);
            this.slot = new EngineSlot(engine);
            undo.push(slot::close);
            Offer offer = new Offer(slot, dataSets, config.limits());
            JvmMetrics jvm = new JvmMetrics(registry);
            undo.push(jvm::close);
            TeacherMetrics metrics = new TeacherMetrics(registry);
            metrics.model(engine.name(), Digests.toHex(engine.digest()));
            int fixedRows = config.deterministic() ? FixedShape.rows(engine, config.maxBatchSamples()) : 0;
            Batcher batcher = new Batcher(
                    new BatcherConfig(
                            fixedRows > 0 ? fixedRows : config.maxBatchSamples(),
                            config.deterministic(),
                            config.latencyGoal(),
                            config.batchWindow(),
                            config.threads(),
                            config.limits().maxQueuedBytes()),
                    new SliceComputer(slot::use, engine.shape(), fixedRows, metrics));
            undo.push(batcher::close);
            Lookups lookups = lookups(config, fixedRows, batcher, metrics);
            Vertx vertx = VertxSetup.create(registry);
            undo.push(() -> await("Vert.x", vertx.close()));
            Clients clients = new Clients(config.access().limits(), new Refusals(registry), System::nanoTime);
            FidelitySampler fidelity = new FidelitySampler(new FidelityMetrics(registry));
            undo.push(fidelity::close);
            this.streams = new LabelStreams(offer, batcher, lookups, metrics, fidelity, clients);
            metrics.observe(batcher, lookups, streams::count);
            this.swap = new ModelSwap(config, slot, streams, batcher, fixedRows, metrics);
            this.grpc = new GrpcPort(config, streams, clients, registry);
            listen("grpcPort", config.grpcPort(), vertx.deployVerticle(grpc));
            this.admin = listen(
                    "metricsPort",
                    config.metricsPort(),
                    AdminServer.listen(vertx, config.host(), config.metricsPort(), registry, this::ready));
        } catch (RuntimeException e) {
            stop();
            throw e instanceof IllegalArgumentException
                    ? new TeacherException(TeacherException.Code.MISMATCH, String.valueOf(e.getMessage()), e)
                    : e;
        }
    }

    /** What stands before the batcher, to be closed before it; null where nothing is cached. */
    private @Nullable Lookups lookups(TeacherConfig settings, int fixedRows, Batcher batcher, TeacherMetrics metrics) {
        if (!settings.cache().enabled()) {
            return null;
        }
        RowCache cache = new RowCache(settings.cache());
        // Below the batcher, whose last batches are still written.
        undo.addLast(cache::close);
        metrics.cache(cache);
        Lookups lookups = new Lookups(
                cache,
                batcher,
                slot,
                settings.maxBatchSamples(),
                fixedRows,
                settings.limits().maxQueuedBytes());
        undo.push(lookups::close);
        return lookups;
    }

    /**
     * Loads model and data sets, and starts to serve.
     *
     * @throws io.reflux.model.graph.ModelException if the model is missing, corrupt or no classifier
     * @throws io.reflux.data.DataException if a data set is missing or corrupt
     * @throws CacheException if the cache's folder cannot be used
     * @throws CredentialsException if a file of certificates, keys or tokens cannot be used
     * @throws TeacherException if model and data do not fit each other or a port cannot be listened on
     */
    public static TeacherServer start(TeacherConfig config) {
        boolean watched = !config.watchInterval().isZero();
        // Before the file is read: what replaces it from here on is noticed.
        FileWatch watch = watched ? new FileWatch(config.model(), config.watchInterval()) : null;
        ServedFiles files = ServedFiles.open(config);
        TeacherServer server = start(config, files.model(), files.dataSets());
        if (watch != null) {
            server.undo.push(watch::close);
            watch.start(server.swap::run);
        }
        return server;
    }

    /**
     * Serves a model that is open. The service closes it, also if it cannot start.
     *
     * @param config its model names the model only and is not watched; its data sets are not opened
     */
    public static TeacherServer start(TeacherConfig config, InferenceModel model, List<? extends DataSet> dataSets) {
        TeacherServer server = new TeacherServer(config, model, dataSets);
        LOG.info(
                "teacher {} ({}) serves on {}:{}, metrics on port {}",
                server.slot.engine().name(),
                server.modelDigest(),
                config.host(),
                server.grpcPort(),
                server.metricsPort());
        return server;
    }

    /** The port for students. */
    public int grpcPort() {
        return grpc.port();
    }

    /** The port for operators. */
    public int metricsPort() {
        return admin.port();
    }

    /** Puts other models in the place of the one that is served. */
    ModelSwap swap() {
        return swap;
    }

    /** SHA-256 of the model, 64 hexadecimal digits. */
    public String modelDigest() {
        return Digests.toHex(slot.engine().digest());
    }

    /** Whether students are welcome. */
    public boolean ready() {
        return !streams.draining();
    }

    /**
     * Drains and stops: new streams are refused with UNAVAILABLE, what is in flight is finished within the drain
     * timeout, then the ports are closed. A second call does nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        LOG.info("teacher drains, {} streams are open", streams.count());
        try {
            streams.drain().await(Math.max(1, config.drainTimeout().toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("{} streams are cut off after the drain timeout of {}", streams.count(), config.drainTimeout());
        }
        stop();
        LOG.info("teacher stopped");
    }

    private void stop() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException e) {
                LOG.warn("a part of the teacher did not stop", e);
            }
        }
    }

    private <T> T listen(String name, int port, Future<T> future) {
        try {
            return future.await(STEP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new TeacherException(
                    TeacherException.Code.FAILED, name + ": " + port + " was not listened on in time", e);
        } catch (CredentialsException e) {
            throw e;
        } catch (Exception e) {
            throw cannotListen(name, port, e);
        }
    }

    private TeacherException cannotListen(String name, int port, Exception e) {
        String where = name + ": " + port + " on " + config.host();
        return inUse(e)
                ? new TeacherException(
                        TeacherException.Code.PORT_IN_USE, where + " is in use (expected: a free port)", e)
                : new TeacherException(
                        TeacherException.Code.CANNOT_LISTEN, where + " cannot be listened on: " + e.getMessage(), e);
    }

    /** By its words: the JDK and the native transports have exceptions of their own for it. */
    private static boolean inUse(Throwable e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("in use")
                || e.getCause() != null && inUse(e.getCause());
    }

    private static void await(String name, Future<Void> future) {
        try {
            future.await(STEP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warn("{} did not close in time", name);
        }
    }
}
