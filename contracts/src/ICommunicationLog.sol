// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Record of what an application sends out (paper 0: communication record)
/// @notice Every remote call and remote storage request of an application is recorded by the pseudonym in whose name
/// it was made, so that flows can be traced. Nothing is stored but events and a count.
interface ICommunicationLog {
    enum Kind {
        RemoteCompute,
        RemoteStore,
        RemoteFetch
    }

    /// @param sequence 0-based number among the pseudonym's records of this application, without gaps
    event Recorded(bytes32 indexed applicationId, address indexed pseudonym, Kind indexed kind, bytes32 contentHash, uint64 sequence);

    function record(bytes32 applicationId, Kind kind, bytes32 contentHash) external returns (uint64 sequence);
    function recordMany(bytes32 applicationId, Kind[] calldata kinds, bytes32[] calldata contentHashes) external;
    function count(bytes32 applicationId, address pseudonym) external view returns (uint64);
}
