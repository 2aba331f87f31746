package io.reflux.quantization.ptq;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What ONNX Runtime makes of a graph before it runs it. */
final class OptimizedGraph {

    private OptimizedGraph() {}

    /** How often each operator is in the optimised graph. */
    static Map<String, Long> operators(ModelGraph graph) throws OrtException, IOException {
        Path file = Files.createTempFile("optimized", ".onnx");
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizedModelFilePath(file.toString());
            options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            OrtEnvironment.getEnvironment()
                    .createSession(graph.toByteArray(), options)
                    .close();
            return ModelGraph.read(file).nodes().stream()
                    .collect(Collectors.groupingBy(GraphNode::operator, TreeMap::new, Collectors.counting()));
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
