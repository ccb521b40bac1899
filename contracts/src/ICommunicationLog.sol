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
    event Recorded(
        bytes32 indexed applicationId,
        address indexed pseudonym,
        Kind indexed kind,
        bytes32 contentHash,
        uint64 sequence
    );

    /// @notice The two lists of a batch must be as long as each other, 1..256 entries.
    error InvalidBatch(uint256 kinds, uint256 contentHashes);

    /// @notice Record one communication of the caller; `sequence` is its number.
    function record(bytes32 applicationId, Kind kind, bytes32 contentHash) external returns (uint64 sequence);

    /// @notice Record several communications of the caller in their order.
    function recordMany(bytes32 applicationId, Kind[] calldata kinds, bytes32[] calldata contentHashes) external;

    /// @notice How many communications of this application the pseudonym recorded.
    function count(bytes32 applicationId, address pseudonym) external view returns (uint64);
}
