import { badRequest, serviceUnavailable } from '../../machinery/status-error.ts';
import type { LogAnswer } from '../../node/simulated/container-log.ts';
import type { RunningNodes } from '../../node/simulated/simulated-nodes.ts';
import { textResponse, type ApiResponse, type StreamSink } from '../../server/http/api-request.ts';
import { noNodes, type ForwardedRequest, type NetworkAddress, type NodeConnector } from '../../server/endpoints/node-connector.ts';

const LOG_PATH = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * How a server reaches simulated nodes of its own process, once they run. They answer about logs; there is nothing in
 * simulated containers to execute, attach to, or connect with.
 */
export class SimulatedNodeConnector implements NodeConnector {
  #nodes: Pick<RunningNodes, 'readLog'> | undefined;

  connect(nodes: Pick<RunningNodes, 'readLog'>): void {
    this.#nodes = nodes;
  }

  async askNode(node: Parameters<NodeConnector['askNode']>[0], request: ForwardedRequest, port: string): Promise<ApiResponse> {
    const [, namespace, pod, container] = LOG_PATH.exec(request.path) ?? [];
    if (namespace === undefined || pod === undefined || container === undefined) return noNodes().askNode(node, request, port);
    const query = new URLSearchParams(request.query);
    const answer = this.#nodes?.readLog({ namespace: decodeURIComponent(namespace), pod: decodeURIComponent(pod), container: decodeURIComponent(container), query });
    if (!answer) throw serviceUnavailable(`error dialing backend: nothing connects this server to node ${JSON.stringify(node.metadata.name ?? '')}`);
    if (answer.type === 'refused') throw badRequest(answer.message);
    return query.get('follow') === 'true' ? following(answer) : textResponse(200, answer.text, 'text/plain');
  }

  askAddress(address: NetworkAddress, request: ForwardedRequest): Promise<ApiResponse> {
    return noNodes().askAddress(address, request);
  }
}

/** The log so far, and an end when the container ends: a simulated one prints nothing after its start. */
function following({ text, onEnd }: Extract<LogAnswer, { type: 'log' }>): ApiResponse {
  return {
    type: 'stream',
    status: 200,
    contentType: 'text/plain',
    start: (sink: StreamSink) => {
      if (text !== '') sink.write(Buffer.from(text));
      sink.onClose(onEnd(() => sink.end()));
    },
  };
}
