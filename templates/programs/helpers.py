<#- Functions that a program brings along, by name; lib is np, torch or jnp, axis what it calls an axis. -#>
<% macro helper(name, lib, axis, keep, amax, docs, at) %>
<% if name == "sigmoid" %>
def sigmoid(z):
    """<< docs[name] >>"""
    return 1 / (1 + << lib >>.exp(-z))
<% elif name == "sign" %>
def sign(x):
    """<< docs[name] >>"""
    return (x > 0) - (x < 0)
<% elif name == "erf" %>
def erf(x):
    """<< docs[name] >>"""
    return np.vectorize(math.erf, otypes=[float])(x)
<% elif name == "softmax" %>
def softmax(z, axis):
    """<< docs[name] >>"""
    powers = << lib >>.exp(z - << lib >>.<< amax >>(z, << axis >>=axis, << keep >>=True))
    return powers / << lib >>.sum(powers, << axis >>=axis, << keep >>=True)
<% elif name == "log_softmax" %>
def log_softmax(z, axis):
    """<< docs[name] >>"""
    z = z - << lib >>.<< amax >>(z, << axis >>=axis, << keep >>=True)
    return z - << lib >>.log(<< lib >>.sum(<< lib >>.exp(z), << axis >>=axis, << keep >>=True))
<% elif name == "causal_softmax" %>
def causal_softmax(z):
    """<< docs[name] >>"""
    seen = << lib >>.tril(<< lib >>.ones(z.shape[-2:])) == 1
    powers = << lib >>.where(seen, << lib >>.exp(z), 0.0)
    return powers / << lib >>.sum(powers, << axis >>=-1, << keep >>=True)
<% elif name == "max_mask" %>
def max_mask(x, axes):
    """<< docs[name] >>"""
    order = [axis for axis in range(x.ndim) if axis not in axes] + list(axes)
    back = tuple(order.index(axis) for axis in range(x.ndim))
    moved = << lib >>.<< "permute" if lib == "torch" else "transpose" >>(x, tuple(order))
    count = math.prod(x.shape[axis] for axis in axes)
    largest = << lib >>.argmax(moved.reshape(-1, count), << axis >>=1)
    ones = << lib >>.eye(count)[largest].reshape(moved.shape)
    return << lib >>.<< "permute" if lib == "torch" else "transpose" >>(ones, back)
<% elif name == "min_mask" %>
def min_mask(x, axes):
    """<< docs[name] >>"""
    return max_mask(-x, axes)
<% elif name == "place" %>
def place(x, index, shape):
    """<< docs[name] >>"""
<% if at %>
    return << lib >>.zeros(shape).at[index].set(x)
<% else %>
    whole = << lib >>.zeros(shape)
    whole[index] = x
    return whole
<% endif %>
<% elif name == "windows" %>
def windows(x, size, stride):
    """<< docs[name] >>"""
    starts = [range(0, n - k + 1, s) for n, k, s in zip(x.shape[-len(size) :], size, stride)]
    shape = [len(places) for places in starts]
    for place, start in zip(itertools.product(*map(range, shape)), itertools.product(*starts)):
        yield (..., *place), (..., *(slice(at, at + k) for at, k in zip(start, size)))
<% elif name == "maxpool" %>
def maxpool(x, size, stride):
    """<< docs[name] >>"""
    axes = tuple(range(-len(size), 0))
    entries = [<< lib >>.<< amax >>(x[window], << axis >>=axes) for _, window in windows(x, size, stride)]
    shape = [(n - k) // s + 1 for n, k, s in zip(x.shape[-len(size) :], size, stride)]
    return << lib >>.stack(entries, << axis >>=-1).reshape(*x.shape[: -len(size)], *shape)
<% elif name == "avgpool" %>
def avgpool(x, size, stride):
    """<< docs[name] >>"""
    axes = tuple(range(-len(size), 0))
    entries = [<< lib >>.mean(x[window], << axis >>=axes) for _, window in windows(x, size, stride)]
    shape = [(n - k) // s + 1 for n, k, s in zip(x.shape[-len(size) :], size, stride)]
    return << lib >>.stack(entries, << axis >>=-1).reshape(*x.shape[: -len(size)], *shape)
<% elif name == "unpool_max" %>
def unpool_max(upstream, x, size, stride):
    """<< docs[name] >>"""
    result = << lib >>.zeros(x.shape)
    axes = tuple(range(x.ndim - len(size), x.ndim))
    for place, window in windows(x, size, stride):
        share = upstream[place].reshape(*x.shape[: -len(size)], *[1] * len(size))
<% if at %>
        result = result.at[window].add(share * max_mask(x[window], axes))
<% else %>
        result[window] += share * max_mask(x[window], axes)
<% endif %>
    return result
<% elif name == "unpool_mean" %>
def unpool_mean(upstream, shape, size, stride):
    """<< docs[name] >>"""
    result = << lib >>.zeros(shape)
    for place, window in windows(result, size, stride):
        share = upstream[place].reshape(*shape[: -len(size)], *[1] * len(size))
<% if at %>
        result = result.at[window].add(share / math.prod(size))
<% else %>
        result[window] += share / math.prod(size)
<% endif %>
    return result
<% elif name == "kernel_places" %>
def kernel_places(x_shape, k_shape, stride, padding):
    """<< docs[name] >>"""
    axes = len(stride)
    x_rank, k_rank = len(x_shape) - axes, len(k_shape) - axes
    channels = x_shape[x_rank - 1] if x_rank else 1
    size, lengths = k_shape[k_rank:], x_shape[x_rank:]
    moves = [(n + 2 * p - k) // s + 1 for n, k, s, p in zip(lengths, size, stride, padding)]
    x_whole = (math.prod(x_shape[: max(0, x_rank - 1)]), channels, *lengths)
    k_whole = (math.prod(k_shape) // (channels * math.prod(size)), channels, *size)
    filters = k_shape[:1] if k_rank == 2 or (x_rank, k_rank) == (0, 1) else ()
    shape = (*x_shape[: max(0, x_rank - 1)], *filters, *moves)
    places = []
    for offset in itertools.product(*map(range, size)):
        covered = (slice(at, at + s * (n - 1) + 1, s) for at, s, n in zip(offset, stride, moves))
        places.append(((..., *offset), (..., *covered)))
    return x_whole, k_whole, (x_whole[0], k_whole[0], *moves), shape, places
<% elif name == "padded" %>
def padded(x, padding):
    """<< docs[name] >>"""
<% if lib == "torch" %>
    return torch.nn.functional.pad(x, [p for p in reversed(padding) for _ in range(2)])
<% else %>
    return << lib >>.pad(x, [(0, 0)] * (x.ndim - len(padding)) + [(p, p) for p in padding])
<% endif %>
<% elif name == "correlate" %>
def correlate(x, kernel, stride, padding):
    """<< docs[name] >>"""
    x_whole, k_whole, _, shape, places = kernel_places(x.shape, kernel.shape, stride, padding)
    x, kernel = padded(x.reshape(x_whole), padding), kernel.reshape(k_whole)
    result = 0
    for offset, covered in places:
        result = result + << lib >>.einsum("nc...,fc->nf...", x[covered], kernel[offset])
    return result.reshape(shape)
<% elif name == "correlate_input" %>
def correlate_input(upstream, kernel, shape, stride, padding):
    """<< docs[name] >>"""
    x_whole, k_whole, out, _, places = kernel_places(shape, kernel.shape, stride, padding)
    upstream, kernel = upstream.reshape(out), kernel.reshape(k_whole)
    result = padded(<< lib >>.zeros(x_whole), padding)
    for offset, covered in places:
<% if at %>
        result = result.at[covered].add(<< lib >>.einsum("nf...,fc->nc...", upstream, kernel[offset]))
<% else %>
        result[covered] += << lib >>.einsum("nf...,fc->nc...", upstream, kernel[offset])
<% endif %>
    inside = tuple(slice(p, p + n) for p, n in zip(padding, x_whole[2:]))
    return result[(..., *inside)].reshape(shape)
<% elif name == "correlate_kernel" %>
def correlate_kernel(x, upstream, shape, stride, padding):
    """<< docs[name] >>"""
    x_whole, k_whole, out, _, places = kernel_places(x.shape, shape, stride, padding)
    x, upstream = padded(x.reshape(x_whole), padding), upstream.reshape(out)
    result = << lib >>.zeros(k_whole)
    letters = "hw"[: len(stride)]
    for offset, covered in places:
        entries = << lib >>.einsum(f"nc{letters},nf{letters}->fc", x[covered], upstream)
<% if at %>
        result = result.at[offset].set(entries)
<% else %>
        result[offset] = entries
<% endif %>
    return result.reshape(shape)
<% endif %>
<% endmacro %>
