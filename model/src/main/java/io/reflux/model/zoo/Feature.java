package io.reflux.model.zoo;

import java.util.List;

/**
 * A value inside a model that is being built.
 *
 * @param value its name in the graph
 * @param shape its shape without the batch: channels × height × width, or any other
 */
record Feature(String value, List<Integer> shape) {

    Feature {
        shape = List.copyOf(shape);
    }

    int channels() {
        return shape.get(0);
    }

    int height() {
        return shape.get(1);
    }

    int width() {
        return shape.get(2);
    }

    int elements() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }
}
